// One scene of the script as a card: its words, its picture in words, and what to do with it.

import { anyKey } from "../lib/chance.js";
import { html, signal, useRef, useState } from "../lib/html.js";
import { duration, words } from "../lib/format.js";
import { t } from "../lib/strings.js";
import { scenes as made } from "../state/scenes.js";
import { change, edit, lines, redoOf } from "../state/script.js";
import { drop, merge, move, split } from "../state/script_edits.js";
import { nameOf } from "../state/sheets.js";
import { Rewrite } from "./rewrite.js";
import { SceneHeard, SceneVoice } from "./scene_voice.js";
import { ShotChoice } from "./shot_choice.js";
import { Typed } from "./typed.js";

const WORDS_A_SECOND = 2.5;
// Picture, voice and clip.
const KINDS = 3;
const dragged = signal(null);

export function ScriptCard({ scene, at, of }) {
  const text = useRef();
  const [rewriting, setRewriting] = useState(false);
  const { locked } = scene;
  const picture = made.value.find((one) => one.number === at + 1)?.preview;
  const number = at + 1;
  const name = nameOf(scene);
  const set = (values) => change(name, values);
  const to = (place) => edit(name, (scenes, from) => move(scenes, from, place));
  const cut = () => {
    const [cursor, second] = [text.current.selectionStart, anyKey()];
    edit(name, (scenes, place) => split(scenes, place, cursor, second));
  };
  return html`<li class="line" data-locked=${locked} data-over=${dragged.value !== null && dragged.value !== name}
      onDragOver=${(event) => event.preventDefault()} onDrop=${(event) => drag(event, at)} onKeyDown=${(event) => byKeys(event, at, to)}>
    <div class="side" draggable="true" title=${t("script.drag")} onDragStart=${() => { dragged.value = name; }} onDragEnd=${() => { dragged.value = null; }}>
      <strong>${number}</strong>
      ${picture && html`<img src=${picture} alt="" loading="lazy" />`}
      <small>${duration(words(scene.narration) / WORDS_A_SECOND)}</small>
    </div>
    <div class="texts">
      <label for=${`narration-${number}`}>${t("scene.wordsOf", { n: number })}</label>
      <${Typed} box=${text} id=${`narration-${number}`} rows="3" readonly=${locked} value=${scene.narration} onDone=${(narration) => set({ narration })} />
      <div class="seen"><label for=${`prompt-${number}`}>${t("scene.promptOf", { n: number })}</label>
        <${ShotChoice} number=${number} prompt=${scene.image_prompt} locked=${locked} onChange=${(prompt) => set({ image_prompt: prompt })} /></div>
      <${Typed} id=${`prompt-${number}`} class="prompt" rows="2" readonly=${locked} value=${scene.image_prompt} onDone=${(prompt) => set({ image_prompt: prompt })} />
      <div class="do">
        <${SceneVoice} id=${`voice-${number}`} number=${number} narration=${scene.narration} voice=${scene.voice} locked=${locked} onChange=${(voice) => set({ voice })} />
        ${act("script.up", number, () => to(at - 1), at === 0, "↑")}
        ${act("script.down", number, () => to(at + 1), at === of - 1, "↓")}
        ${act("script.split", number, cut, locked)}
        ${act("script.merge", number, () => edit(name, merge), locked || at === of - 1 || lines.value[at + 1].locked)}
        ${act("script.rewrite", number, () => setRewriting(true), locked || !scene.id)}
        ${act("script.delete", number, () => edit(name, drop), locked || of === 1)}
        <label class="inline"><input type="checkbox" role="switch" checked=${locked} aria-label=${t("script.lockOf", { n: number })}
          onChange=${(event) => set({ locked: event.target.checked })} />${t("script.lock")}</label>
      </div>
      <${SceneHeard} of=${`voice-${number}`} />
      <${Anew} of=${redoOf(number)} />
    </div>
    ${rewriting && html`<${Rewrite} scene=${scene} at=${at} onClose=${() => setRewriting(false)} />`}
  </li>`;
}

// What is made anew of a scene of which the rest is there.
function Anew({ of }) {
  if (!of.length || of.length === KINDS) return null;
  return html`<p class="calm">${t("script.redo", { what: of.map((kind) => t(`redo.${kind}`)).join(", ") })}</p>`;
}

function act(key, n, run, disabled, sign = null) {
  return html`<button type="button" class="quiet" disabled=${disabled} aria-label=${t(`${key}Of`, { n })} onClick=${run}>${sign ?? t(key)}</button>`;
}

function drag(event, at) {
  event.preventDefault();
  const from = dragged.value;
  dragged.value = null;
  if (from !== null) edit(from, (scenes, place) => move(scenes, place, at));
}

function byKeys(event, at, to) {
  if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  event.preventDefault();
  to(event.key === "ArrowUp" ? at - 1 : at + 1);
}
