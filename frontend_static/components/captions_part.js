// Words in the picture, with a live sample of how they look.

import { html } from "../lib/html.js";
import { t } from "../lib/strings.js";
import { capabilities } from "../state/connection.js";
import { change, form } from "../state/order.js";
import { Caption } from "./caption.js";
import { Choice, Line } from "./field.js";
import { Part } from "./part.js";
import { Sketch } from "./sketch.js";

export function CaptionsPart() {
  const values = form.value;
  return html`<${Part} id="captions" title=${t("captions.title")} chosen=${t(`captions.${values.captions}`)}>
    <div>
      <fieldset class="tabs"><legend>${t("captions.show")}</legend>
        ${["none", "soft", "auto", "fixed"].map((kind) => html`<label>
          <input type="radio" name="captions" value=${kind} checked=${values.captions === kind} onChange=${() => change({ captions: kind })} />
          <span>${t(`captions.${kind}`)}</span></label>`)}
      </fieldset>
      ${values.captions === "fixed" && html`<${Line} id="caption_text" label=${t("captions.text")} maxlength="200" value=${values.caption_text}
        onInput=${(value) => change({ caption_text: value })} />`}
      ${["auto", "fixed"].includes(values.captions) && html`<${Looks} values=${values} />`}
    </div>
    <${Sketch} filter=${values.color_filter} aspect=${values.aspect} caption=${sample(values)} label=${t("captions.sample")} />
  </${Part}>`;
}

function Looks({ values }) {
  const words = capabilities.value?.vocabularies ?? {};
  return ["style", "position", "animation"].map((name) => html`<${Choice} id=${`caption_${name}`} label=${t(`captions.${name}`)}
    vocabulary=${`caption.${name}`} value=${values[`caption_${name}`]} words=${words[`caption.${name}`] ?? [values[`caption_${name}`]]}
    onChange=${(value) => change({ [`caption_${name}`]: value })} />`);
}

function sample(values) {
  if (!["auto", "fixed"].includes(values.captions)) return null;
  const text = values.captions === "fixed" ? values.caption_text || t("captions.text") : firstWords(values.script);
  return html`<${Caption} values=${values} text=${text} />`;
}

function firstWords(script) {
  return script.trim().split(/\s+/).slice(0, 6).join(" ") || t("captions.sampleText");
}
