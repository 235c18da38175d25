// Library: every film on this machine, to find, open, reuse, compare and delete.

import { html, signal, useEffect } from "../lib/html.js";
import { go } from "../lib/router.js";
import { t } from "../lib/strings.js";
import { FilmCard } from "../components/film_card.js";
import { openFiles } from "../state/restore.js";
import { cancel, films, starred, watchLibrary } from "../state/library.js";

const search = signal("");
const filter = signal("all");
const since = signal("ever");
const chosen = signal([]);

const FILTERS = {
  all: () => true,
  open: (film) => !film.terminal,
  complete: (film) => film.state === "complete",
  failed: (film) => ["error", "canceled"].includes(film.state),
  starred: (film) => starred.value.includes(film.job_id),
};
const DAYS = { ever: Infinity, day: 1, week: 7, month: 31 };
const DAY_MS = 86_400_000;

export function Library() {
  useEffect(() => {
    const controller = new AbortController();
    watchLibrary(controller.signal);
    return () => controller.abort();
  }, []);
  if (!films.value) return html`<p aria-busy="true" class="calm">${t("library.opening")}</p>`;
  const shown = films.value.filter(FILTERS[filter.value]).filter(matches).filter(isRecent);
  return html`<section class="library" onDragOver=${(event) => event.preventDefault()} onDrop=${drop}>
    <header><h1>${t("title.library")}</h1><${Tools} /></header>
    ${films.value.length === 0 ? html`<${Nothing} />` : shown.length === 0 ? html`<p class="calm">${t("library.noMatch")}</p>`
    : html`<ul class="films">${shown.map((film) => html`<${FilmCard} key=${film.job_id} film=${film} chosen=${chosen.value.includes(film.job_id)} onChoose=${choose} />`)}</ul>`}
    <p class="calm">${t("library.drop")}</p>
  </section>`;
}

function Tools() {
  const open = films.value.filter((film) => !film.terminal);
  const clear = () => { if (confirm(t("library.clear.sure", { n: open.length }))) cancel(open); };
  return html`<search class="tools">
    <label class="sr" for="search">${t("library.search")}</label>
    <input id="search" type="search" placeholder=${t("library.search")} value=${search.value} onInput=${(event) => { search.value = event.target.value; }} />
    <label class="sr" for="filter">${t("library.filter")}</label>
    <select id="filter" value=${filter.value} onChange=${(event) => { filter.value = event.target.value; }}>
      ${Object.keys(FILTERS).map((name) => html`<option value=${name} selected=${name === filter.value}>${t(`library.${name}`)}</option>`)}
    </select>
    <label class="sr" for="since">${t("library.since")}</label>
    <select id="since" value=${since.value} onChange=${(event) => { since.value = event.target.value; }}>
      ${Object.keys(DAYS).map((name) => html`<option value=${name} selected=${name === since.value}>${t(`library.${name}`)}</option>`)}
    </select>
    <button type="button" class="outline" disabled=${chosen.value.length !== 2} onClick=${() => go(`/compare/${chosen.value.join("/")}`)}>${t("library.compare")}</button>
    ${open.length > 1 && html`<button type="button" class="outline" onClick=${clear}>${t("library.clear", { n: open.length })}</button>`}
  </search>`;
}

function Nothing() {
  return html`<div class="empty"><h2>${t("library.empty")}</h2><p>${t("library.empty.more")}</p><a role="button" href="#/make">${t("library.first")}</a></div>`;
}

function matches(film) {
  return search.value.toLowerCase().split(/\s+/).every((part) => film.title.toLowerCase().includes(part) || film.job_id.startsWith(part));
}

function isRecent(film) {
  return Date.now() - new Date(film.created_at).getTime() < DAYS[since.value] * DAY_MS;
}

function choose(id, on) {
  chosen.value = on ? [...chosen.value, id].slice(-2) : chosen.value.filter((other) => other !== id);
}

function drop(event) {
  event.preventDefault();
  openFiles(event.dataTransfer.files);
}
