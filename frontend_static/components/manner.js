// In the manner of another script: it is analysed once, and only how it is made is kept.

import { html, signal } from "../lib/html.js";
import { t } from "../lib/strings.js";
import { analyzeScript } from "../api/orchestrator.js";
import { change, form } from "../state/order.js";

const MOST_BYTES = 480_000;
const busy = signal(false);
const trouble = signal(null);

export function Manner() {
  const { template } = form.value;
  return html`<div class="field">
    <label for="manner">${t("manner.title")}</label>
    <input id="manner" type="file" accept=".txt,.md,text/*" aria-busy=${busy.value} aria-describedby="manner-hint" onChange=${choose} />
    <small id="manner-hint">${t("manner.help")}</small>
    ${template && html`<p>${[template.hook_style, ...template.tone].filter(Boolean).join(" · ")}
      <button type="button" class="quiet" onClick=${() => change({ template: null })}>${t("manner.remove")}</button></p>`}
    ${trouble.value && html`<p class="refusal" role="alert">${trouble.value}</p>`}
  </div>`;
}

async function choose(event) {
  const [file] = event.target.files;
  if (!file) return;
  busy.value = true;
  trouble.value = null;
  try {
    if (file.size > MOST_BYTES) throw new Error(t("restore.tooLong", { name: file.name }));
    change({ template: await analyzeScript(await file.text(), form.value.story_type) });
  } catch (error) {
    trouble.value = [error.message, error.hint].filter(Boolean).join(" ");
  } finally {
    busy.value = false;
  }
}
