// A scene: a skeleton at first, then its picture, at last its clip.

import { html } from "../lib/html.js";
import { clock } from "../lib/format.js";
import { t } from "../lib/strings.js";
import { cast, scoreOf } from "../state/cast.js";
import { film, sparing } from "../state/film.js";
import { glimpses } from "../state/live.js";
import { lines, redoOf } from "../state/script.js";
import { Face, Score } from "./likeness.js";
import { Seed } from "./seed.js";
import { spokenBy } from "./scene_voice.js";

export function SceneCard({ scene }) {
  const glimpse = glimpses.value[scene.number];
  const line = lines.value[scene.number - 1];
  return html`<li class="card" data-done=${scene.done} data-error=${Boolean(scene.error)}>
    <a href=${`#/jobs/${film.value.job_id}/scenes/${scene.number}`} aria-label=${t("scene.open", { n: scene.number })}>
      ${glimpse
    ? html`<img class="glimpse" src=${glimpse.url} alt=${t("scene.liveAlt", { n: scene.number })} />`
    : scene.preview ? html`<img src=${scene.preview} alt=${t("scene.alt", { n: scene.number })} loading="lazy" decoding="async" />`
    : html`<div class="skeleton" aria-hidden="true"></div>`}
    </a>
    <div class="about"><strong>${scene.number}</strong>
      <span>${glimpse ? t("scene.live") : state(scene)}</span>
      ${scene.seconds !== null && html`<span class="seconds">${clock(scene.seconds)}</span>`}</div>
    ${line && html`<p class="said">${line.narration}</p><p class="calm by">${spokenBy(line)}${isToCome(scene) && ` · ${t("scene.toCome")}`}</p>`}
    <${Seed} scene=${scene} />
    <${Shown} scene=${scene} />
  </li>`;
}

// The script has other words, or another voice, than those that were spoken.
function isToCome({ number, done }) {
  return film.value.terminal && done && redoOf(number).includes("voice");
}

// Whose pictures the scene keeps to, and how well it does.
function Shown({ scene }) {
  const here = cast.value.filter((person) => person.scenes.some((one) => one.scene.number === scene.number));
  if (!here.length) return null;
  return html`<ul class="shown">${here.map((person) => html`<li><${Face} person=${person} />
    <${Score} score=${scoreOf(scene, person.name)} /></li>`)}</ul>`;
}

function state(scene) {
  if (scene.error) return t("scene.failed");
  if (scene.done) return scene.clip || sparing.value || film.value.terminal ? t("scene.done") : t("scene.bringing");
  if (scene.loading) return t("scene.loading", { name: scene.loading });
  if (scene.busy) return t(`scene.busy.${scene.busy}`);
  return scene.preview ? t("scene.drawn") : t("scene.waiting");
}
