// The cast above the scenes, and a sheet for each: the reference beside every scene.

import { html } from "../lib/html.js";
import { go } from "../lib/router.js";
import { t } from "../lib/strings.js";
import { referenceOf } from "../api/orchestrator.js";
import { cast } from "../state/cast.js";
import { film } from "../state/film.js";
import { Dialog } from "./dialog.js";
import { Face, Score } from "./likeness.js";

export function CastTray() {
  if (!cast.value.length) return null;
  return html`<nav class="cast" aria-label=${t("cast.title")}>
    ${cast.value.map((person, n) => html`<a href=${`#/jobs/${film.value.job_id}/cast/${n + 1}`}>
      <${Face} person=${person} /><span>${person.name || t("cast.unnamed")}
        <small>${t(person.scenes.length === 1 ? "cast.inScene" : "cast.inScenes", { n: person.scenes.length })}</small></span></a>`)}
  </nav>`;
}

export function CastSheet({ person }) {
  const id = film.value.job_id;
  const name = person.name || t("cast.unnamed");
  const measured = person.scenes.some(({ score }) => score !== null);
  return html`<${Dialog} title=${t("cast.sheet", { name })} onClose=${() => go(`/jobs/${id}`)} wide=${true}>
    <p class="calm">${t(measured ? "cast.sorted" : "cast.unmeasured")}</p>
    <ul class="sheet">
      ${person.pictures.map((sha256) => html`<li class="model-of"><img src=${referenceOf(sha256)} alt=${t("reference.alt", { name })} /><span>${t("cast.reference")}</span></li>`)}
      ${person.scenes.map(({ scene, score }) => html`<li><a href=${`#/jobs/${id}/scenes/${scene.number}`} aria-label=${t("scene.open", { n: scene.number })}>
        ${scene.preview ? html`<img src=${scene.preview} alt="" loading="lazy" />` : html`<div class="skeleton"></div>`}</a>
        <span>${t("scene.title", { n: scene.number })}</span> <${Score} score=${score} /></li>`)}
    </ul>
  </${Dialog}>`;
}
