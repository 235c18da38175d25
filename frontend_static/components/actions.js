// What can be done with the film as it is now.

import { html, signal } from "../lib/html.js";
import { t } from "../lib/strings.js";
import { allowFilm, cancelFilm, retryFilm } from "../api/orchestrator.js";
import { film, restart } from "../state/film.js";
import { afterSaving } from "../state/script.js";

// { id, message }: of which film, and why not.
const refusal = signal(null);
const RETRYABLE = ["error", "canceled", "unreachable"];

export function Actions() {
  const { state, terminal, job_id: id, over_quota: over } = film.value;
  return html`<div class="actions">
    ${over && html`<button type="button" onClick=${() => act(allowFilm, id)}>${t("job.allow")}</button>`}
    ${!terminal && html`<button type="button" class="outline" disabled=${state === "canceling"} onClick=${() => act(cancelFilm, id)}>${t("job.cancel")}</button>`}
    <a role="button" class="outline" href=${`#/jobs/${id}/script`}>${t("job.script")}</a>
    ${RETRYABLE.includes(state) && html`<button type="button" onClick=${() => act(() => afterSaving(id, () => retryFilm(id)), id)}>${t("job.retry")}</button>`}
    ${refusal.value?.id === id && html`<p class="refusal" role="alert">${refusal.value.message}</p>`}
  </div>`;
}

async function act(order, id) {
  refusal.value = null;
  try {
    await order(id);
    restart(id);
  } catch (error) {
    refusal.value = { id, message: error.message };
    restart(id); // it may have been taken, and the answer lost
  }
}
