// Who appears: up to five people who look the same in every scene that names them.

import { html } from "../lib/html.js";
import { t } from "../lib/strings.js";
import { change, form } from "../state/order.js";
import { Line } from "./field.js";
import { Part } from "./part.js";

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
      <button type="button" class="quiet" onClick=${() => change({ characters: cast.filter((_, at) => at !== n) })}>${t("cast.remove", { name: one.name })}</button>
    </fieldset>`)}
    <div>
      <button type="button" class="outline" disabled=${cast.length >= MOST}
        onClick=${() => change({ characters: [...cast, { name: "", description: "" }] })}>${t("cast.add")}</button>
      <p><small>${t("cast.help")}</small></p>
    </div>
  </${Part}>`;
}

function edit(n, values) {
  change({ characters: form.value.characters.map((one, at) => (at === n ? { ...one, ...values } : one)) });
}
