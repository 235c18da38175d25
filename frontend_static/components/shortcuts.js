// The sheet of keys: "?" opens it.

import { html, signal } from "../lib/html.js";
import { t } from "../lib/strings.js";
import { Dialog } from "./dialog.js";

const KEYS = [
  ["?", "keys.help"], ["Alt+1", "keys.make"], ["Alt+2", "keys.library"], ["Alt+3", "keys.models"], ["Alt+4", "keys.connection"],
  ["Ctrl+Enter", "keys.submit"], ["Alt+↑ Alt+↓", "keys.move"], ["Esc", "keys.close"],
];

const open = signal(false);

export function openShortcuts() {
  open.value = true;
}

export function Shortcuts() {
  if (!open.value) return null;
  return html`<${Dialog} title=${t("keys.title")} onClose=${() => { open.value = false; }}>
    <table><tbody>
      ${KEYS.map(([keys, text]) => html`<tr><th scope="row">${keys.split(" ").map((key) => html`<kbd>${key}</kbd> `)}</th><td>${t(text)}</td></tr>`)}
    </tbody></table>
  </${Dialog}>`;
}
