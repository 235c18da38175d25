// What happened while this page was open.

import { html } from "../lib/html.js";
import { t } from "../lib/strings.js";
import { log } from "../state/film_log.js";

export function Log() {
  return html`<details class="log"><summary>${t("log.title")}</summary>
    <ol>${log.value.map((line) => html`<li><time datetime=${line.at}>${new Date(line.at).toLocaleTimeString()}</time> ${line.text}</li>`)}</ol>
  </details>`;
}
