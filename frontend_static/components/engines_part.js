// Which engines draw and speak: only those of the connected worker, and why others are not.

import { html } from "../lib/html.js";
import { t } from "../lib/strings.js";
import { capabilities } from "../state/connection.js";
import { engineFor } from "../state/dials.js";
import { change, form } from "../state/order.js";
import { cloner } from "../state/sample.js";
import { Line } from "./field.js";
import { Part } from "./part.js";
import { WatchChoice } from "./watch_choice.js";

export function EnginesPart() {
  const values = form.value;
  const engines = capabilities.value?.engines ?? [];
  const chosen = ["image", "voice"].map((kind) => name(values[`engine_${kind}`], kind)).join(" · ");
  return html`<${Part} id="engines" title=${t("engines.title")} chosen=${chosen}>
    ${["image", "voice"].map((kind) => html`<${EngineChoice} kind=${kind} engines=${engines} value=${values[`engine_${kind}`]} />`)}
    <${WatchChoice} engine=${values.engine_image} />
    <${Line} id="seed" label=${t("engines.seed")} type="number" min="0" max="4294967295" value=${values.seed}
      placeholder=${t("engines.seed.hint")} onInput=${(seed) => change({ seed })} />
    ${engines.some((engine) => engine.draft) && html`<p class="calm">${t("engines.draft")}</p>`}
  </${Part}>`;
}

function EngineChoice({ kind, engines, value }) {
  const id = `engine_${kind}`;
  const mine = engines.filter((engine) => engine.kind === kind);
  const sampled = kind === "voice" && Boolean(form.value.voice_sample);
  // Those that speak with a sample speak with nothing else, and the others never with one.
  const unfit = (engine) => kind === "voice" && Boolean(engine.clones) !== sampled;
  const best = sampled ? cloner()?.name : engineFor(kind, "auto")?.name;
  const lacking = mine.filter((engine) => engine.unavailable);
  return html`<div class="field">
    <label for=${id}>${t(`engines.${kind}`)}</label>
    <select id=${id} value=${value} onChange=${(event) => change({ [id]: event.target.value })}>
      <option value="auto" selected=${value === "auto"}>${t("engines.auto", { name: best ?? "?" })}</option>
      ${mine.map((engine) => html`<option value=${engine.name} disabled=${Boolean(engine.unavailable) || unfit(engine)} selected=${value === engine.name}>
        ${engine.name}${engine.draft ? ` (${t("draft")})` : ""}</option>`)}
      ${value !== "auto" && !mine.some((engine) => engine.name === value) && html`<option value=${value} selected>${t("engines.notThere", { name: value })}</option>`}
    </select>
    ${mine.filter((engine) => unfit(engine) && !engine.unavailable).map((engine) => html`<small>${t(sampled ? "sample.notWith" : "sample.onlyWith", { name: engine.name })}</small>`)}
    ${lacking.map((engine) => html`<small>${engine.name}: ${engine.unavailable}</small>`)}
  </div>`;
}

function name(value, kind) {
  if (value !== "auto") return value;
  const sampled = kind === "voice" && form.value.voice_sample;
  return (sampled ? cloner() : engineFor(kind, "auto"))?.name ?? t("engines.none");
}
