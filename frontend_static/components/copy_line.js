// A line to copy: by the button where the browser allows it, by hand everywhere.

import { html, useState } from "../lib/html.js";
import { t } from "../lib/strings.js";

export function CopyLine({ text, label }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return html`<div class="copy">
    <input readonly value=${text} aria-label=${label} onFocus=${(event) => event.target.select()} />
    ${navigator.clipboard && html`<button type="button" class="outline" onClick=${copy}>${t(copied ? "copy.done" : "copy.button")}</button>`}
  </div>`;
}
