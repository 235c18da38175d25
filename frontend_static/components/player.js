// The film in the browser's own player, with its captions as a track and its chapters.

import { html, useRef } from "../lib/html.js";
import { clock } from "../lib/format.js";
import { t } from "../lib/strings.js";
import { fileOf, filmOf } from "../api/orchestrator.js";
import { early, giveUpEarly } from "../state/early.js";
import { film } from "../state/film.js";
import { scenes } from "../state/scenes.js";
import { Framed } from "./framed.js";

export function Player() {
  const video = useRef();
  const stopped = useRef(0);
  const { job_id: id, artifacts } = film.value;
  const named = (name) => artifacts.find((item) => item.name === name);
  const made = named("film.mp4");
  const poster = named("poster.jpg");
  const captions = named("captions.vtt") ? fileOf(id, "captions.vtt") : null;
  const there = early.value && (!made || made.sha256 === early.value.sha256) ? early.value : null;
  if (!made && !there) return null;
  const shown = there ?? { sha256: made.sha256, url: `${filmOf(id)}?v=${made.sha256.slice(0, 8)}${stopped.current ? `#t=${stopped.current}` : ""}` };
  const failed = () => {
    if (!there) return;
    stopped.current = video.current?.currentTime ?? 0;
    giveUpEarly();
  };
  const play = (second) => {
    video.current.currentTime = second;
    video.current.play();
  };
  return html`<section class="player" aria-label=${t("player.title")}>
    ${there?.framed ? html`<${Framed} key=${shown.url} id=${id} video=${video} onError=${failed} captions=${captions} />` : html`<video ref=${video} key=${shown.url} src=${shown.url} onError=${failed} controls playsinline preload="metadata"
        poster=${poster ? fileOf(id, poster.name) : null}>
      ${captions && html`<track kind="captions" src=${captions} srclang="und" label=${t("player.captions")} />`}
    </video>`}
    ${!made && html`<p class="calm">${t("player.early")} <a href=${there.url} target="_blank" rel="noopener noreferrer">${t("player.early.open")}</a></p>`}
    <nav class="chapters" aria-label=${t("player.chapters")}>
      ${chapters().map(({ number, at }) => html`<button type="button" class="quiet" onClick=${() => play(at)}>${number} <small>${clock(at)}</small></button>`)}
    </nav>
  </section>`;
}

// A scene begins where the one before it ends.
function chapters() {
  let at = 0;
  const starts = [];
  for (const { number, seconds } of scenes.value) {
    if (seconds === null) return [];
    starts.push({ number, at });
    at += seconds;
  }
  return starts.length > 1 ? starts : [];
}
