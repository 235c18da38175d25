// A text that is saved when it is left. What is being typed stays while something else is saved.

import { html, useState } from "../lib/html.js";

export function Typed({ as = "textarea", box, value, onDone, ...rest }) {
  const [draft, setDraft] = useState(null);
  const done = (event) => {
    const text = event.target.value.trim();
    setDraft(null);
    if (text) onDone(text);
  };
  return html`<${as} ref=${box} ...${rest} value=${draft ?? value} onInput=${(event) => setDraft(event.target.value)} onChange=${done} />`;
}
