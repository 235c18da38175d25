// A model or LoRA: what it is, under which licence, how large, and whether it is there.

import { html } from "../lib/html.js";
import { size } from "../lib/format.js";
import { t } from "../lib/strings.js";
import { canTake, refusedBy, remove, take } from "../state/models.js";
import { CopyLine } from "./copy_line.js";
import { Cover, CoverLine } from "./model_cover.js";

const MB = 1_000_000;

export function ModelCard({ model }) {
  const { name, model_type: kind, model_metadata: about } = model;
  return html`<li class="model" data-here=${about.on_worker}>
    <${Cover} model=${model} />
    <div class="about">
      <h3>${name}</h3>
      <p><span class=${about.on_worker ? "good" : "calm"}>${t(about.on_worker ? "models.here" : "models.absent")}</span> · ${about.built_in ? t("models.builtIn") : size(model.file_size_mb * MB)}</p>
      <dl>${rows(model).map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
      <${Missing} model=${model} />
      <${CoverLine} model=${model} />
      ${canTake(model) && html`<button type="button" class="outline" onClick=${() => take(model)} aria-label=${t(`models.take.${kind}Of`, { name })}>${t(`models.take.${kind}`)}</button>`}
      ${about.removable && html`<button type="button" class="quiet" onClick=${() => sure(model) && remove(model)} aria-label=${t("models.removeOf", { name })}>${t("models.remove")}</button>`}
    </div>
  </li>`;
}

function sure({ name, file_size_mb: mb }) {
  return confirm(t("models.remove.sure", { name, size: size(mb * MB) }));
}

function rows(model) {
  const { trigger_word: trigger, download_url: page, model_type: kind, model_metadata: about } = model;
  const licence = about.licence ?? t("models.licence.none");
  const bends = kind === "lora" || kind === "likeness";
  const found = [];
  if (about.family) found.push([t(bends ? "models.madeFor" : "models.family"), about.family]);
  if (trigger) found.push([t("models.trigger"), html`<code>${trigger}</code>`]);
  found.push([t("models.licence"), page ? html`<a href=${page} rel="noreferrer">${licence}</a>` : licence]);
  if (bends) found.push([t("models.fits"), html`<${Takers} model=${model} />`]);
  return found;
}

// Which models take it, and which refuse it and why.
function Takers({ model }) {
  const { fits, family } = model.model_metadata;
  return html`${fits.join(", ") || t("models.fits.none")}
    ${refusedBy(model).map((other) => html`<small>${t("models.refused", { name: other.name, other: other.model_metadata.family, family })}</small>`)}`;
}

// Why it cannot be used: as a line to copy where a command brings it.
function Missing({ model }) {
  const { unavailable, fits } = model.model_metadata;
  if (!unavailable || (model.model_type === "lora" && !fits.length && refusedBy(model).length)) return null;
  const command = unavailable.match(/`([^`]+)`/)?.[1];
  if (!command) return html`<p class="calm">${unavailable}</p>`;
  return html`<p class="calm">${t("models.fetch")}</p><${CopyLine} text=${command} label=${t("models.fetchOf", { name: model.name })} />`;
}
