// What of the library is shown: by words, by state, by engine, by date.

import { computed, signal } from "../lib/html.js";
import { t, word } from "../lib/strings.js";
import { films, starred } from "./library.js";

const DAY_MS = 86_400_000;

export const STATES = {
  all: () => true,
  open: (film) => !film.terminal,
  complete: (film) => film.state === "complete",
  failed: (film) => ["error", "canceled"].includes(film.state),
  starred: (film) => starred.value.includes(film.job_id),
};
export const DAYS = { ever: Infinity, day: 1, week: 7, month: 31 };

export const search = signal("");
export const state = signal("all");
export const engine = signal("");
export const since = signal("ever");

// Every engine that some film was made with.
export const engines = computed(() => [...new Set((films.value ?? []).flatMap((film) => film.engines))].sort());

export const shown = computed(() => (films.value ?? []).filter(STATES[state.value]).filter(hasWords).filter(hasEngine).filter(isRecent));

// Each word of the search is in the title, or in what the film was made with.
function hasWords(film) {
  const text = [film.title, film.image_style, film.voice_id, film.aspect, film.seed, ...film.engines,
    film.image_style && word("image_style", film.image_style), film.voice_id && t(`voice_id.${film.voice_id}`)].join(" ").toLowerCase();
  return search.value.toLowerCase().split(/\s+/).every((part) => text.includes(part) || film.job_id.startsWith(part));
}

function hasEngine(film) {
  return !engine.value || film.engines.includes(engine.value);
}

function isRecent(film) {
  return Date.now() - new Date(film.created_at).getTime() < DAYS[since.value] * DAY_MS;
}
