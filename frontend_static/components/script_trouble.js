// Why a change to the script could not be saved or rendered, and the way out.

import { html } from "../lib/html.js";
import { t } from "../lib/strings.js";
import { giveUp, saving, scriptError, unsaved } from "../state/script.js";

export function ScriptTrouble() {
  if (!scriptError.value) return null;
  return html`<p class="refusal" role="alert">${scriptError.value}</p>
    ${unsaved.value && html`<button type="button" class="quiet" disabled=${saving.value} onClick=${giveUp}>${t("script.giveUp")}</button>`}`;
}
