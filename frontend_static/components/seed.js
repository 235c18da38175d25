// The seed of a scene's picture: copied by a press where the browser allows it.

import { copied } from "../lib/clipboard.js";
import { html } from "../lib/html.js";
import { t } from "../lib/strings.js";
import { announce } from "../state/notices.js";

export function Seed({ scene }) {
  if (scene.seed === null) return null;
  const told = t("scene.seed", { seed: scene.seed });
  if (!navigator.clipboard) return html`<p class="calm seed">${told}</p>`;
  const copy = async () => {
    announce(await copied(scene.seed) ? t("scene.seedCopied", { n: scene.number }) : told);
  };
  return html`<button type="button" class="quiet seed" title=${t("scene.seedCopy", { n: scene.number })} onClick=${copy}>${told}</button>`;
}
