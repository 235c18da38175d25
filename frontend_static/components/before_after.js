// Two pictures of a scene over each other, with an edge that is moved by hand or by keys.

import { html, useState } from "../lib/html.js";
import { t } from "../lib/strings.js";

export function BeforeAfter({ before, after, number }) {
  const [edge, setEdge] = useState(50);
  return html`<figure class="before-after">
    <div><img src=${after} alt=${t("scene.alt", { n: number })} />
      <img src=${before} alt=${t("before.alt", { n: number })} style=${{ clipPath: `inset(0 ${100 - edge}% 0 0)` }} /></div>
    <figcaption><label for="edge">${t("before.title")}</label>
      <input id="edge" type="range" min="0" max="100" value=${edge} onInput=${(event) => setEdge(Number(event.target.value))} /></figcaption>
  </figure>`;
}
