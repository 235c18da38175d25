// What can be done with the film as it is now.

import { html, signal } from "../lib/html.js";
import { t } from "../lib/strings.js";
import { allowFilm, cancelFilm } from "../api/orchestrator.js";
import { film, ordered } from "../state/film.js";
import { retry } from "../state/script.js";

// { id, message }: of which film, and why not.
const refusal = signal(null);
const RETRYABLE = ["error", "canceled", "unreachable"];

export function Actions() {
  const { state, terminal, job_id: id, over_quota: over } = film.value;
  return html`<div class="actions">
    ${over && html`<button type="button" onClick=${() => act(id, () => ordered(id, () => allowFilm(id)))}>${t("job.allow")}</button>`}
    ${!terminal && html`<button type="button" class="outline" disabled=${state === "canceling"} onClick=${() => act(id, () => ordered(id, () => cancelFilm(id)))}>${t("job.cancel")}</button>`}
    <a role="button" class="outline" href=${`#/jobs/${id}/script`}>${t("job.script")}</a>
    ${RETRYABLE.includes(state) && html`<button type="button" onClick=${() => act(id, () => retry(id))}>${t("job.retry")}</button>`}
    ${refusal.value?.id === id && html`<p class="refusal" role="alert">${refusal.value.message}</p>`}
  </div>`;
}

async function act(id, order) {
  refusal.value = null;
  try {
    await order();
  } catch (error) {
    refusal.value = { id, message: error.message };
  }
}
