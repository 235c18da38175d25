// A film in the library.

import { html } from "../lib/html.js";
import { ago } from "../lib/format.js";
import { t, word } from "../lib/strings.js";
import { fileOf } from "../api/orchestrator.js";
import { now } from "../state/clock.js";
import { cancel, remove, star, starred } from "../state/library.js";
import { reuse } from "../state/reuse.js";

export function FilmCard({ film, chosen, onChoose }) {
  const id = film.job_id;
  return html`<li class="film" data-state=${film.state}>
    <a href=${`#/jobs/${id}`} aria-label=${t("library.openOf", { title: film.title })}>
      ${film.poster ? html`<img src=${fileOf(id, film.poster)} alt="" loading="lazy" />` : html`<div class="no-picture" aria-hidden="true"></div>`}
      <h2>${film.title}</h2></a>
    <p class="calm">${film.terminal ? t(`state.${film.state}`) : `${film.progress} % · ${film.message}`} · <time datetime=${film.created_at}>${ago(film.created_at, now.value)}</time></p>
    <p class="calm">${settings(film)}</p>
    <div class="do">
      <button type="button" class="quiet star" aria-pressed=${starred.value.includes(id)} aria-label=${t("library.starOf", { title: film.title })} onClick=${() => star(id)}>${starred.value.includes(id) ? "★" : "☆"}</button>
      <button type="button" class="quiet" onClick=${() => reuse(film, "settings")}>${t("library.settings")}</button>
      <button type="button" class="quiet" onClick=${() => reuse(film, "seed")}>${t("library.seed")}</button>
      <button type="button" class="quiet" onClick=${() => reuse(film, "remix")}>${t("library.remix")}</button>
      ${!film.terminal && html`<button type="button" class="quiet" onClick=${() => cancel([film])} aria-label=${t("library.cancelOf", { title: film.title })}>${t("job.cancel")}</button>`}
      <button type="button" class="quiet" onClick=${() => remove(film)} aria-label=${t("library.deleteOf", { title: film.title })}>${t("library.delete")}</button>
      <label class="inline"><input type="checkbox" checked=${chosen} onChange=${(event) => onChoose(id, event.target.checked)} aria-label=${t("library.chooseOf", { title: film.title })} />${t("library.choose")}</label>
    </div>
  </li>`;
}

function settings({ image_style: style, voice_id: voice, engines, draft }) {
  const told = [style && word("image_style", style), voice && t(`voice_id.${voice}`).split(" – ")[0], ...engines];
  return [...told, draft && t("draft")].filter(Boolean).join(" · ");
}
