// The film in the browser's own player, with its captions as a track and its chapters.

import { html, useRef } from "../lib/html.js";
import { clock } from "../lib/format.js";
import { t } from "../lib/strings.js";
import { fileOf, filmOf } from "../api/orchestrator.js";
import { film } from "../state/film.js";
import { scenes } from "../state/scenes.js";

export function Player() {
  const video = useRef();
  const { job_id: id, artifacts } = film.value;
  const named = (name) => artifacts.find((item) => item.name === name);
  const made = named("film.mp4");
  const poster = named("poster.jpg");
  if (!made) return null;
  const play = (second) => {
    video.current.currentTime = second;
    video.current.play();
  };
  return html`<section class="player" aria-label=${t("player.title")}>
    <video ref=${video} key=${made.sha256} src=${`${filmOf(id)}?v=${made.sha256.slice(0, 8)}`} controls playsinline preload="metadata"
        poster=${poster ? fileOf(id, poster.name) : null}>
      ${named("captions.vtt") && html`<track kind="captions" src=${fileOf(id, "captions.vtt")} srclang="und" label=${t("player.captions")} />`}
    </video>
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
