// From where a scene is seen; the choice is the beginning of its picture in words.

import { html } from "../lib/html.js";
import { t, word } from "../lib/strings.js";
import { SHOTS, shotOf, withShot } from "../state/shots.js";

export function ShotChoice({ number, prompt, locked, onChange }) {
  const shot = shotOf(prompt);
  const choose = (event) => onChange(withShot(prompt, event.target.value));
  return html`<select class="shot" aria-label=${t("scene.shotOf", { n: number })} value=${shot} disabled=${locked} onChange=${choose}>
    ${["", ...SHOTS].map((name) => html`<option value=${name} selected=${name === shot}>${word("shot", name)}</option>`)}
  </select>`;
}
