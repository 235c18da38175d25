// The scenes that came along with the words, and the way back to a text that is cut anew.

import { html } from "../lib/html.js";
import { t } from "../lib/strings.js";
import { change, form } from "../state/order.js";
import { scenesOf } from "../state/told.js";

export function ToldScenes() {
  const scenes = scenesOf(form.value);
  if (!scenes) return null;
  const voices = scenes.filter((scene) => scene.voice).length;
  return html`<p class="calm told">${t("told.scenes", { n: scenes.length, voices })}${" "}
    <button type="button" class="quiet" onClick=${() => change({ scenes: [] })}>${t("told.anew")}</button></p>`;
}
