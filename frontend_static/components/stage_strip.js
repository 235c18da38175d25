// The way of a film: script, pictures, voices, clips, film; each with counts and time.

import { html } from "../lib/html.js";
import { clock } from "../lib/format.js";
import { t } from "../lib/strings.js";
import { now } from "../state/clock.js";
import { film } from "../state/film.js";
import { stages } from "../state/scenes.js";

const SIGNS = { done: "✓", running: "▸", pending: "·", error: "!" };

export function StageStrip() {
  const script = { kind: "script", total: 0, done: 0, state: scriptState() };
  return html`<ol class="stages" aria-label=${t("job.stages")}>
    ${[script, ...stages.value].map((stage) => html`<li data-state=${stage.state}>
      <span aria-hidden="true">${SIGNS[stage.state]}</span>
      <span>${t(`stage.${stage.kind}`)}</span>
      <small>${count(stage)} ${elapsed(stage)}</small>
      <span class="sr">${t(`stage.state.${stage.state}`)}</span></li>`)}
  </ol>`;
}

function scriptState() {
  const writing = ["generating_script", "generating_image_prompts"].includes(film.value.state);
  return writing ? "running" : "done";
}

function count({ total, done }) {
  return total > 1 ? `${done}/${total}` : "";
}

function elapsed({ state, startedAt, finishedAt }) {
  if (!startedAt || (state === "pending")) return "";
  const end = finishedAt ? new Date(finishedAt) : film.value.terminal ? null : new Date(now.value);
  return end ? clock((end - new Date(startedAt)) / 1000) : "";
}
