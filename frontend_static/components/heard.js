// A spoken sentence: to play, with its level from moment to moment, and sketched with its
// captions in the look of the form.

import { html, useEffect, useRef, useState } from "../lib/html.js";
import { levelsOf, QUIETEST_DB } from "../lib/levels.js";
import { t } from "../lib/strings.js";
import { form } from "../state/order.js";
import { Caption } from "./caption.js";
import { Sketch } from "./sketch.js";

const HIGH = 40;
const CALM = matchMedia("(prefers-reduced-motion: reduce)");

export function Heard({ spoken, sketched = false }) {
  const audio = useRef();
  const [told, setTold] = useState(null);
  const [at, setAt] = useState(0);
  // What this browser cannot decode for itself is heard without its level.
  useEffect(() => { levelsOf(spoken.sound).then(setTold, () => setTold(null)); }, [spoken]);
  useEffect(() => followed(audio.current, setAt), [spoken]);
  return html`<div class="heard">
    <div><audio ref=${audio} src=${spoken.url} controls autoplay aria-label=${t("voice.listen")}>
      <track kind="captions" default src=${spoken.track} srclang="und" label=${t("player.captions")} />
    </audio>
    ${told && html`<${Level} ...${told} at=${at} />`}</div>
    ${sketched && html`<${Sketch} filter=${form.value.color_filter} aspect=${form.value.aspect} label=${t("voice.captions")}
      caption=${html`<${Caption} values=${form.value} text=${cueAt(audio.current, at)} />`} />`}
  </div>`;
}

// Calls back with the time that is heard: often while it plays, seldom where movement is not wanted.
function followed(audio, tell) {
  let frame = null;
  const look = () => {
    cancelAnimationFrame(frame);
    tell(audio.currentTime);
    if (!audio.paused && !CALM.matches) frame = requestAnimationFrame(look);
  };
  const names = ["play", "pause", "seeked", "timeupdate", "ended"];
  for (const name of names) audio.addEventListener(name, look);
  return () => {
    cancelAnimationFrame(frame);
    for (const name of names) audio.removeEventListener(name, look);
  };
}

function cueAt(audio, at) {
  const cues = [...(audio?.textTracks[0]?.cues ?? [])];
  return (cues.findLast((cue) => cue.startTime <= at) ?? cues[0])?.text ?? "";
}

function Level({ seconds, levels, at }) {
  const place = Math.min(levels.length - 1, Math.floor((at / seconds) * levels.length));
  const level = levels[place];
  const high = (db) => Math.max(1, (1 - db / QUIETEST_DB) * HIGH);
  return html`<div class="level">
    <svg viewBox=${`0 0 ${levels.length * 3} ${HIGH}`} preserveAspectRatio="none" role="img" aria-label=${t("voice.level.course", { db: Math.round(Math.max(...levels)) })}>
      ${levels.map((db, n) => html`<rect class=${n <= place && at > 0 ? "past" : ""} x=${n * 3} width="2" y=${(HIGH - high(db)) / 2} height=${high(db)} />`)}
    </svg>
    <meter min=${QUIETEST_DB} low="-50" high="-3" max="0" value=${level} aria-label=${t("voice.level")}></meter>
    <small>${Math.round(level)} dB</small>
  </div>`;
}
