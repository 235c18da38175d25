// Library: every film on this machine, to find, open, reuse, compare and delete.

import { html, signal, useEffect } from "../lib/html.js";
import { go } from "../lib/router.js";
import { t } from "../lib/strings.js";
import { FilmCard } from "../components/film_card.js";
import { Queue } from "../components/queue.js";
import { openFiles } from "../state/restore.js";
import { films, watchLibrary } from "../state/library.js";
import { DAYS, engine, engines, search, shown, since, state, STATES } from "../state/library_filter.js";

const chosen = signal([]);

export function Library() {
  useEffect(() => {
    const controller = new AbortController();
    watchLibrary(controller.signal);
    return () => controller.abort();
  }, []);
  if (!films.value) return html`<p aria-busy="true" class="calm">${t("library.opening")}</p>`;
  return html`<section class="library" onDragOver=${(event) => event.preventDefault()} onDrop=${drop}>
    <header><h1>${t("title.library")}</h1><${Tools} /></header>
    <${Queue} />
    ${films.value.length === 0 ? html`<${Nothing} />` : shown.value.length === 0 ? html`<p class="calm">${t("library.noMatch")}</p>`
    : html`<ul class="films">${shown.value.map((film) => html`<${FilmCard} key=${film.job_id} film=${film} chosen=${chosen.value.includes(film.job_id)} onChoose=${choose} />`)}</ul>`}
    <p class="calm">${t("library.drop")}</p>
  </section>`;
}

function Tools() {
  const named = (name) => t(`library.${name}`);
  return html`<search class="tools">
    <label class="sr" for="search">${t("library.search")}</label>
    <input id="search" type="search" placeholder=${t("library.search")} value=${search.value} onInput=${(event) => { search.value = event.target.value; }} />
    <${Pick} id="filter" label=${t("library.filter")} words=${Object.keys(STATES)} chosen=${state} text=${named} />
    ${engines.value.length > 0 && html`<${Pick} id="engine" label=${t("library.engine")} words=${["", ...engines.value]} chosen=${engine} text=${(name) => name || t("library.anyEngine")} />`}
    <${Pick} id="since" label=${t("library.since")} words=${Object.keys(DAYS)} chosen=${since} text=${named} />
    <button type="button" class="outline" disabled=${chosen.value.length !== 2} onClick=${() => go(`/compare/${chosen.value.join("/")}`)}>${t("library.compare")}</button>
  </search>`;
}

function Pick({ id, label, words, chosen: picked, text }) {
  return html`<label class="sr" for=${id}>${label}</label>
    <select id=${id} value=${picked.value} onChange=${(event) => { picked.value = event.target.value; }}>
      ${words.map((name) => html`<option value=${name} selected=${name === picked.value}>${text(name)}</option>`)}
    </select>`;
}

function Nothing() {
  return html`<div class="empty"><h2>${t("library.empty")}</h2><p>${t("library.empty.more")}</p><a role="button" href="#/make">${t("library.first")}</a></div>`;
}

function choose(id, on) {
  chosen.value = on ? [...chosen.value, id].slice(-2) : chosen.value.filter((other) => other !== id);
}

function drop(event) {
  event.preventDefault();
  openFiles(event.dataTransfer.files);
}
