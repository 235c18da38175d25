// The dials of picture models; which there are is up to the engine that will draw.

import { html, useEffect } from "../lib/html.js";
import { t } from "../lib/strings.js";
import { worker } from "../state/connection.js";
import { dialsFor, engineFor, hasGuidance, hearsNo, imageOptions } from "../state/dials.js";
import { learnModels, unfitLoras } from "../state/models.js";
import { change, form } from "../state/order.js";
import { Choice, Line } from "./field.js";
import { Part } from "./part.js";

export function DialsPart() {
  const values = form.value;
  const dials = dialsFor(values);
  const name = engineFor("image", values.engine_image)?.name ?? values.engine_image;
  return html`<${Part} id="dials" title=${t("dials.title")} chosen=${summary(values, dials)}>
    ${dials?.steps ? html`<${Model} name=${name} dials=${dials} values=${values} />`
    : html`<p class="calm">${t(dials ? "dials.none" : "dials.unknown", { name })}</p>`}
    ${dials && hearsNo(dials, values) ? html`<${Line} id="negative_prompt" label=${t("dials.negative")} maxlength="2000" value=${values.negative_prompt}
        placeholder=${t("dials.negative.hint")} onInput=${(negative_prompt) => change({ negative_prompt })} />`
    : dials && html`<p class="calm">${t("dials.deaf", { name })}</p>`}
  </${Part}>`;
}

function Model({ name, dials, values }) {
  return html`
    <${Line} id="steps" label=${t("dials.steps")} type="number" min=${dials.least_steps} max=${dials.most_steps} value=${values.steps}
      placeholder=${t("dials.asQuality", { n: dials.steps[values.quality] })} onInput=${(steps) => change({ steps })} />
    ${hasGuidance(dials) && html`<${Line} id="guidance" label=${t("dials.guidance")} type="number" min="0" max=${dials.most_guidance} step="0.1" value=${values.guidance}
      placeholder=${String(dials.guidance)} onInput=${(guidance) => change({ guidance })} help=${t("dials.guidance.help")} />`}
    ${dials.schedulers.length > 1 && html`<${Choice} id="scheduler" label=${t("dials.scheduler")} value=${values.scheduler}
      words=${["", ...dials.schedulers]} onChange=${(scheduler) => change({ scheduler })} />`}
    <${Loras} engine=${name} names=${dials.loras} worn=${values.loras} />`;
}

function Loras({ engine, names, worn }) {
  const { url, boot_id: boot } = worker.value ?? {};
  useEffect(() => { learnModels(); }, [url, boot]);
  const others = unfitLoras(engine, names);
  if (!names.length && !others.length) return html`<p class="calm">${t("dials.noLoras")}</p>`;
  const wear = (name, on) => change({ loras: on ? [...worn, { name, weight: 1 }] : worn.filter((lora) => lora.name !== name) });
  const weigh = (name, weight) => change({ loras: worn.map((lora) => (lora.name === name ? { name, weight: Number(weight) } : lora)) });
  return html`<fieldset class="loras"><legend>${t("dials.loras")}</legend>${names.map((name) => {
    const lora = worn.find((one) => one.name === name);
    return html`<div class="lora" key=${name}><label class="inline"><input type="checkbox" checked=${Boolean(lora)} onChange=${(event) => wear(name, event.target.checked)} />${name}</label>
      ${lora && html`<input type="number" min="-2" max="2" step="0.05" value=${lora.weight} aria-label=${t("dials.weight", { name })} onInput=${(event) => weigh(name, event.target.value)} />`}</div>`;
  })}${others.map((other, at) => html`<${Unfit} key=${other.name} ...${other} id=${`lora-why-${at}`} />`)}</fieldset>`;
}

// Reached by the keyboard like the others, so that the reason is heard; it stays off.
function Unfit({ name, why, id }) {
  return html`<div class="lora unfit"><label class="inline"><input type="checkbox" checked=${false} aria-disabled="true" aria-describedby=${id}
    onClick=${(event) => event.preventDefault()} />${name}</label><small id=${id}>${why}</small></div>`;
}

function summary(values, dials) {
  const { loras = [], ...rest } = imageOptions(values, dials);
  return [...Object.entries(rest).map(([name, value]) => `${t(`dials.${name}.short`)} ${value}`), ...loras.map((lora) => lora.name)].join(" · ") || t("dials.own");
}
