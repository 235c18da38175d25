// One scene at full size: picture, clip, voice, and what it is made from, to change.

import { html, useEffect, useState } from "../lib/html.js";
import { anySeed } from "../lib/chance.js";
import { t } from "../lib/strings.js";
import { referenceOf } from "../api/orchestrator.js";
import { beforeOf } from "../state/before.js";
import { film } from "../state/film.js";
import { whyNot } from "../state/redo.js";
import { changeAndRender, complain, forgive, leaveOut, lines, plan, rendering, retry, saving, unsaved } from "../state/script.js";
import { nameOf } from "../state/sheets.js";
import { BeforeAfter } from "./before_after.js";
import { Dialog } from "./dialog.js";
import { Redo } from "./redo.js";
import { Ruler } from "./ruler.js";
import { SceneHeard, SceneVoice } from "./scene_voice.js";
import { ScriptTrouble } from "./script_trouble.js";

export function SceneDialog({ scene, onClose }) {
  const line = lines.value[scene.number - 1];
  const before = beforeOf(scene.number);
  return html`<${Dialog} title=${t("scene.title", { n: scene.number })} onClose=${onClose} wide=${true}>
    ${scene.error && html`<div class="trouble"><p><strong>${scene.error.message}</strong></p>${scene.error.hint && html`<p>${scene.error.hint}</p>`}</div>`}
    ${scene.clip
    ? html`<video src=${scene.clip} poster=${scene.picture} controls loop muted playsinline aria-label=${t("scene.clip", { n: scene.number })}></video>`
    : scene.picture ? html`<img src=${scene.picture} alt=${t("scene.alt", { n: scene.number })} />` : html`<div class="skeleton"></div>`}
    ${before && scene.picture && html`<${BeforeAfter} before=${referenceOf(before)} after=${scene.picture} number=${scene.number} />`}
    ${scene.voice && html`<label class="sound">${t("scene.voice")}<audio src=${scene.voice} controls preload="none"></audio></label>`}
    ${scene.voice && scene.words && html`<${Ruler} voice=${scene.voice} words=${scene.words} />`}
    ${line && html`<${Editor} key=${nameOf(line)} line=${line} scene=${scene} onClose=${onClose} />`}
  </${Dialog}>`;
}

function Editor({ line, scene, onClose }) {
  // What was touched; the rest follows the script, which others may change.
  const [touched, setTouched] = useState({});
  const { narration, image_prompt: prompt, voice } = { ...line, ...touched };
  const touch = (values) => setTouched({ ...touched, ...values });
  useEffect(forgive, []); // another scene's trouble is not this one's
  const values = {
    ...(narration.trim() !== line.narration && { narration: narration.trim() }),
    ...(prompt.trim() !== line.image_prompt && { image_prompt: prompt.trim() }),
    ...(voice !== line.voice && { voice }),
  };
  const changed = Object.keys(values).length > 0 || unsaved.value || (plan.value && !plan.value.nothing_to_do);
  const again = async (those) => { if (await changeAndRender(nameOf(line), those)) onClose(); };
  const without = async () => { if (await leaveOut(line.id)) onClose(); };
  const busy = saving.value || rendering.value || film.value.state === "canceling";
  return html`<form class="editor" onSubmit=${(event) => { event.preventDefault(); again(values); }}>
    <label for="scene-words">${t("scene.words")}</label>
    <textarea id="scene-words" rows="3" readonly=${line.locked} value=${narration} onInput=${(event) => touch({ narration: event.target.value })}></textarea>
    <label for="scene-prompt">${t("scene.prompt")}</label>
    <textarea id="scene-prompt" rows="2" readonly=${line.locked} value=${prompt} onInput=${(event) => touch({ image_prompt: event.target.value })}></textarea>
    <${SceneVoice} id="scene-voice" number=${scene.number} narration=${narration} voice=${voice} locked=${line.locked} onChange=${(voice) => touch({ voice })} />
    <${SceneHeard} of="scene-voice" />
    ${line.locked && html`<p class="calm">${t("scene.locked")}</p>`}
    <${ScriptTrouble} />
    ${plan.value && !plan.value.nothing_to_do && html`<p class="calm">${plan.value.message}</p>`}
    <div class="actions">
      ${scene.error && film.value.state === "error" && html`<button type="button" disabled=${busy} onClick=${() => tryAgain(onClose)}>${t("scene.sameSeed")}</button>`}
      <button type="submit" disabled=${!changed || busy || line.locked}>${t("scene.again")}</button>
      ${whyNot(scene) && html`<button type="button" class="outline" disabled=${busy || line.locked} onClick=${() => again({ seed: anySeed() })}>${t("scene.newPicture")}</button>`}
      <button type="button" class="quiet" disabled=${busy || line.locked || lines.value.length === 1} onClick=${without}>${t(film.value.terminal || scene.done ? "scene.leaveOut" : "scene.cancel")}</button>
    </div>
    ${scene.picture && html`<${Redo} scene=${scene} disabled=${busy || line.locked} onDone=${onClose} />`}
  </form>`;
}

// The same once more: what failed may have been the machine.
async function tryAgain(onClose) {
  const { job_id: id } = film.value;
  try {
    await retry(id);
    onClose();
  } catch (error) {
    complain(id, error);
  }
}
