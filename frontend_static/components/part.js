// One part of the form: closed it shows what is chosen, open it shows the choices.

import { html } from "../lib/html.js";
import { recall, remember } from "../lib/storage.js";

export function Part({ id, title, chosen, children }) {
  const open = recall(`part.${id}`, false);
  return html`<details class="part" id=${`part-${id}`} open=${open} onToggle=${(event) => remember(`part.${id}`, event.target.open)}>
    <summary><span>${title}</span> <small>${chosen}</small></summary>
    <div class="grid-2">${children}</div>
  </details>`;
}
