// Short messages at the edge of the page.

import { html } from "../lib/html.js";
import { t } from "../lib/strings.js";
import { dismiss, notices } from "../state/notices.js";

export function Notices() {
  return html`<div class="notices">
    ${notices.value.map((notice) => html`
      <div class="notice" key=${notice.id}>
        <span>${notice.text}</span>
        ${notice.undo && html`<button type="button" onClick=${() => { notice.undo.run(); dismiss(notice.id); }}>${notice.undo.label}</button>`}
        <button type="button" class="quiet" aria-label=${t("notice.dismiss")} onClick=${() => dismiss(notice.id)}>×</button>
      </div>`)}
  </div>`;
}
