// In the manner of another script: it is analysed once, and only how it is made is kept.

import { html, signal } from "../lib/html.js";
import { onChosen } from "../lib/chosen_file.js";
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

const choose = onChosen(busy, trouble, async (file) => {
  if (file.size > MOST_BYTES) throw new Error(t("restore.tooLong", { name: file.name }));
  change({ template: await analyzeScript(await file.text(), form.value.story_type) });
});
