// The one live region of the page: everything polite that is said goes through it.

import { html } from "../lib/html.js";
import { spoken } from "../state/spoken.js";

export function Spoken() {
  return html`<p class="sr" role="status">${spoken.value}</p>`;
}
