// Models: what the worker draws and speaks with, what it could, and who takes which LoRA.

import { html, useEffect } from "../lib/html.js";
import { t } from "../lib/strings.js";
import { ModelCard } from "../components/model_card.js";
import { worker } from "../state/connection.js";
import { learnModels, models, modelsTrouble } from "../state/models.js";

const KINDS = ["image", "lora", "likeness", "voice", "alignment", "video"];

export function Models() {
  const { url, boot_id: boot, reachable } = worker.value ?? {};
  useEffect(() => { learnModels(); }, [url, boot, reachable]);
  return html`<section class="models">
    <h1>${t("title.models")}</h1>
    <p class="calm">${t("models.intro")}</p>
    ${modelsTrouble.value && html`<p class="refusal" role="alert">${modelsTrouble.value} <a href="#/connection">${t("title.connection")}</a></p>`}
    ${models.value ? KINDS.map((kind) => html`<${Shelf} kind=${kind} />`) : !modelsTrouble.value && html`<p aria-busy="true" class="calm">${t("models.opening")}</p>`}
  </section>`;
}

function Shelf({ kind }) {
  const mine = models.value.filter((model) => model.model_type === kind);
  if (!mine.length && kind !== "lora") return null;
  mine.sort((a, b) => b.model_metadata.on_worker - a.model_metadata.on_worker);
  return html`<section aria-labelledby=${`shelf-${kind}`}>
    <h2 id=${`shelf-${kind}`}>${t(`models.kind.${kind}`)}</h2>
    ${mine.length ? html`<ul class="shelf">${mine.map((model) => html`<${ModelCard} key=${model.id} model=${model} />`)}</ul>`
    : html`<p class="calm">${t("models.noLoras")}</p>`}
  </section>`;
}
