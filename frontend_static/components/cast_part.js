// Who appears: up to five people who look the same in every scene that names them.

import { html } from "../lib/html.js";
import { t } from "../lib/strings.js";
import { likenesses } from "../state/references.js";
import { change, form } from "../state/order.js";
import { Choice, Line, Slider } from "./field.js";
import { Part } from "./part.js";
import { Reference } from "./reference.js";

const MOST = 5;

export function CastPart() {
  const cast = form.value.characters;
  const chosen = cast.map((one) => one.name).filter(Boolean).join(", ") || t("cast.none");
  return html`<${Part} id="cast" title=${t("cast.title")} chosen=${chosen}>
    ${cast.map((one, n) => html`<fieldset class="person" key=${n}>
      <legend>${one.name || t("cast.person", { n: n + 1 })}</legend>
      <${Line} id=${`cast-name-${n}`} label=${t("cast.name")} maxlength="80" value=${one.name} onInput=${(name) => edit(n, { name })} />
      <${Line} id=${`cast-looks-${n}`} label=${t("cast.looks")} maxlength="400" value=${one.description} placeholder=${t("cast.looks.hint")}
        onInput=${(description) => edit(n, { description })} />
      <${Reference} id=${`cast-picture-${n}`} name=${one.name} sha256=${one.reference} onChange=${(reference) => edit(n, { reference })} />
      <button type="button" class="quiet" onClick=${() => change({ characters: cast.filter((_, at) => at !== n) })}>${t("cast.remove", { name: one.name })}</button>
    </fieldset>`)}
    ${cast.some((one) => one.reference) && html`<${Likeness} />`}
    <div>
      <button type="button" class="outline" disabled=${cast.length >= MOST}
        onClick=${() => change({ characters: [...cast, { name: "", description: "" }] })}>${t("cast.add")}</button>
      <p><small>${t("cast.help")}</small></p>
    </div>
  </${Part}>`;
}

// How closely, and what of the pictures, the scenes keep.
function Likeness() {
  const values = form.value;
  const kinds = likenesses(values);
  if (!kinds.length) return null;
  return html`<div>
    <${Slider} id="ip_adapter_scale" label=${t("reference.scale")} min="0" max="1" step="0.05" value=${values.ip_adapter_scale}
      shown=${`${Math.round(values.ip_adapter_scale * 100)} %`} onInput=${(ip_adapter_scale) => change({ ip_adapter_scale })} />
    <${Choice} id="likeness" label=${t("reference.keep")} value=${values.likeness} words=${["", ...kinds]} onChange=${(likeness) => change({ likeness })} />
  </div>`;
}

function edit(n, values) {
  change({ characters: form.value.characters.map((one, at) => (at === n ? { ...one, ...values } : one)) });
}
