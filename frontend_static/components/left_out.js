// Scenes that the film is made without, each with the way back.

import { html } from "../lib/html.js";
import { t } from "../lib/strings.js";
import { film } from "../state/film.js";
import { saving, script, scriptError, takeBack } from "../state/script.js";

export function LeftOut() {
  const gone = script.value?.left_out ?? [];
  if (!gone.length) return null;
  const busy = saving.value || film.value.state === "canceling";
  return html`<section class="left-out" aria-labelledby="left-out-title">
    <h3 id="left-out-title">${t("leftOut.title")}</h3>
    <ul class="plain">${gone.map((scene) => html`<li key=${scene.id}>${scene.narration}${" "}
      <button type="button" class="quiet" disabled=${busy} aria-label=${t("leftOut.backOf", { words: scene.narration })} onClick=${() => takeBack(scene.id)}>${t("leftOut.back")}</button></li>`)}</ul>
    ${scriptError.value && html`<p class="refusal" role="alert">${scriptError.value}</p>`}
  </section>`;
}
