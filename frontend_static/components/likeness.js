// How well a scene meets the pictures of somebody, where the engine has measured it.

import { html } from "../lib/html.js";
import { percent } from "../lib/format.js";
import { t } from "../lib/strings.js";
import { referenceOf } from "../api/orchestrator.js";

export function Face({ person }) {
  const name = person.name || t("cast.unnamed");
  return html`<img class="face" src=${referenceOf(person.pictures[0])} alt=${t("reference.alt", { name })} loading="lazy" />`;
}

export function Score({ score }) {
  if (score === null) return null;
  return html`<span class="score" title=${t("cast.score.more")}>${t("cast.score", { percent: percent(score) })}</span>`;
}
