// A scene's picture drawn again: how much of the present one stays is chosen in words.

import { html, signal, useState } from "../lib/html.js";
import { t } from "../lib/strings.js";
import { film } from "../state/film.js";
import { keepsOf, whyNot } from "../state/redo.js";
import { retry } from "../state/script.js";
import { Slider } from "./field.js";

const USUAL = 1;
// { of, busy, trouble } of the scene that was ordered last.
const ordered = signal({});

export function Redo({ scene, disabled, onDone }) {
  const [step, setStep] = useState(USUAL);
  const why = whyNot(scene);
  if (why) return html`<p class="calm redo">${why}</p>`;
  const words = t(`redo.${step}`);
  const { busy, trouble } = ordered.value.of === nameOf(scene) ? ordered.value : {};
  return html`<div class="redo">
    <${Slider} id="redo" label=${t("redo.title")} min="0" max="4" step="1" value=${step} shown=${words} aria-valuetext=${words} onInput=${setStep} />
    <div class="ends" aria-hidden="true"><small>${t("redo.0")}</small><small>${t("redo.4")}</small></div>
    <button type="button" class="outline" disabled=${disabled || busy} aria-busy=${busy} onClick=${() => redo(scene, keepsOf(scene)[step], onDone)}>${t("redo.button")}</button>
    ${trouble && html`<p class="refusal" role="alert">${trouble}</p>`}
  </div>`;
}

const nameOf = ({ number }) => `${film.value.job_id}/${number}`;

async function redo(scene, keep, onDone) {
  const { job_id: id } = film.value;
  const of = nameOf(scene);
  ordered.value = { of, busy: true };
  try {
    await retry(id, { scene: scene.number, ...(keep && { keep }) });
    if (ordered.value.of === of) ordered.value = {};
    onDone();
  } catch (error) {
    if (ordered.value.of === of) ordered.value = { of, trouble: error.message };
  }
}
