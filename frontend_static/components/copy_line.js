// A line to copy: by the button where the browser allows it, by hand everywhere.

import { copied } from "../lib/clipboard.js";
import { html, useRef, useState } from "../lib/html.js";
import { t } from "../lib/strings.js";

export function CopyLine({ text, label }) {
  const line = useRef();
  const [done, setDone] = useState(false);
  const copy = async () => {
    if (await copied(text)) setDone(true);
    else line.current.focus(); // it is marked then, to be copied by hand
  };
  return html`<div class="copy">
    <input ref=${line} readonly value=${text} aria-label=${label} onFocus=${(event) => event.target.select()} />
    ${navigator.clipboard && html`<button type="button" class="outline" onClick=${copy}>${t(done ? "copy.done" : "copy.button")}</button>`}
  </div>`;
}
