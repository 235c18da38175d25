// A scene's picture drawn again: how much of the present one stays is chosen in words.

import { html, useState } from "../lib/html.js";
import { t } from "../lib/strings.js";
import { retryFilm } from "../api/orchestrator.js";
import { film, restart } from "../state/film.js";
import { keepsOf, whyNot } from "../state/redo.js";
import { openScript } from "../state/script.js";
import { Slider } from "./field.js";

const USUAL = 1;

export function Redo({ scene, disabled, onDone }) {
  const [step, setStep] = useState(USUAL);
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState(null);
  const why = whyNot(scene);
  const redo = async () => {
    if (busy) return;
    setBusy(true);
    setTrouble(null);
    try {
      await order(scene, keepsOf(scene)[step]);
      onDone();
    } catch (error) {
      setTrouble(error.message);
    } finally {
      setBusy(false);
    }
  };
  if (why) return html`<p class="calm redo">${why}</p>`;
  const words = t(`redo.${step}`);
  return html`<div class="redo">
    <${Slider} id="redo" label=${t("redo.title")} min="0" max="4" step="1" value=${step} shown=${words} aria-valuetext=${words} onInput=${setStep} />
    <div class="ends" aria-hidden="true"><small>${t("redo.0")}</small><small>${t("redo.4")}</small></div>
    <button type="button" class="outline" disabled=${disabled} aria-busy=${busy} onClick=${redo}>${t("redo.button")}</button>
    ${trouble && html`<p class="refusal" role="alert">${trouble}</p>`}
  </div>`;
}

async function order({ number }, keep) {
  const { job_id: id, state } = film.value;
  await retryFilm(id, { scene: number, ...(keep && { keep }) });
  restart();
  openScript(id, state);
}
