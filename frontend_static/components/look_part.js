// How the film looks: style, colours, shape, sharpness, camera.

import { html } from "../lib/html.js";
import { t, word } from "../lib/strings.js";
import { capabilities } from "../state/connection.js";
import { change, form } from "../state/order.js";
import { Choice, Slider, Toggle } from "./field.js";
import { Part } from "./part.js";
import { Sketch } from "./sketch.js";

export function LookPart() {
  const words = capabilities.value?.vocabularies ?? {};
  const values = form.value;
  const choice = (id, label, extra = {}) => html`<${Choice} id=${id} label=${label} value=${values[id]}
    words=${words[id] ?? [values[id]]} onChange=${(value) => change({ [id]: value })} ...${extra} />`;
  const chosen = [word("image_style", values.image_style), values.aspect, word("quality", values.quality)].join(" · ");
  return html`<${Part} id="look" title=${t("look.title")} chosen=${chosen}>
    ${choice("image_style", t("look.style"))}
    ${choice("color_filter", t("look.filter"))}
    <fieldset class="tabs aspects"><legend>${t("look.aspect")}</legend>
      ${(words.aspect ?? [values.aspect]).map((aspect) => html`<label>
        <input type="radio" name="aspect" value=${aspect} checked=${values.aspect === aspect} onChange=${() => change({ aspect })} />
        <span><i class=${`shape a${aspect.replace(":", "-")}`}></i>${aspect}</span></label>`)}
    </fieldset>
    ${choice("quality", t("look.quality"), { help: t(`quality.${values.quality}.more`) })}
    <${Choice} id="resolution" label=${t("look.resolution")} value=${values.resolution} words=${["", ...(words.resolution ?? [])]} onChange=${(resolution) => change({ resolution })} />
    <${Choice} id="fps" label=${t("look.fps")} value=${String(values.fps)} words=${["", "24", "25", "30"]} onChange=${(fps) => change({ fps })} />
    <div>
      <${Toggle} id="zoom_effect" label=${t("look.zoom")} checked=${values.zoom_effect} onChange=${(on) => change({ zoom_effect: on, motion: "auto" })} />
      ${values.zoom_effect && html`
        <${Slider} id="zoom_intensity" label=${t("look.zoomBy")} min="1" max="10" step="0.5" value=${values.zoom_intensity}
          shown=${`${values.zoom_intensity} %`} onInput=${(value) => change({ zoom_intensity: value })} />
        ${choice("motion", t("look.motion"))}`}
      ${choice("transition", t("look.transition"))}
    </div>
    <${Sketch} filter=${values.color_filter} aspect=${values.aspect} caption=${null} label=${t("look.sample")} />
  </${Part}>`;
}
