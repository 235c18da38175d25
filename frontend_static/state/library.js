// The films on this machine, newest first; those being deleted can still be brought back.

import { computed, effect, signal } from "../lib/html.js";
import { recall, remember } from "../lib/storage.js";
import { t } from "../lib/strings.js";
import { cancelFilm, deleteFilm, NoAnswer, readBoard, readFilms } from "../api/orchestrator.js";
import { hidden, pause } from "./clock.js";
import { serverLost, untilServer } from "./connection.js";
import { announce } from "./notices.js";

const HOLD_S = 25;
const HIDDEN_MS = 30_000;
const UNDO_MS = 10_000;

const all = signal(null);
const leaving = signal(new Set());
let version = 0;

// Favourites are this browser's, as its theme is.
export const starred = signal(recall("starred", []));
effect(() => remember("starred", starred.value));

export function star(id) {
  starred.value = starred.value.includes(id) ? starred.value.filter((other) => other !== id) : [...starred.value, id];
}

export const films = computed(() => all.value?.filter((film) => !leaving.value.has(film.job_id)) ?? null);

// Follows the list until the signal aborts.
export async function watchLibrary(stop) {
  while (!stop.aborted) {
    try {
      all.value = (await readFilms()).jobs;
      await news(stop);
    } catch (error) {
      if (stop.aborted) return;
      if (error instanceof NoAnswer) serverLost();
      await pause(1000, stop);
      await untilServer();
    }
  }
}

async function news(stop) {
  if (hidden.value) return pause(HIDDEN_MS, stop);
  const board = await readBoard(version, version ? HOLD_S : 0, stop);
  if (board) version = board.version;
  else return news(stop);
  return undefined;
}

// What is finished of them stays.
export async function cancel(those) {
  try {
    await Promise.all(those.map((film) => cancelFilm(film.job_id)));
  } catch (error) {
    announce(error.message);
  }
}

// Gone at once for the eye, for good when nobody has called it back in ten seconds.
export function remove(film) {
  const id = film.job_id;
  leaving.value = new Set([...leaving.value, id]);
  const timer = setTimeout(() => forget(id), UNDO_MS);
  const run = () => {
    clearTimeout(timer);
    stay(id);
  };
  announce(t("library.deleted", { title: film.title }), { undo: { label: t("notice.undo"), run }, ms: UNDO_MS });
}

async function forget(id) {
  try {
    await deleteFilm(id);
    all.value = all.value.filter((film) => film.job_id !== id);
  } catch (error) {
    announce(error.message);
  }
  stay(id);
}

function stay(id) {
  leaving.value = new Set([...leaving.value].filter((other) => other !== id));
}
