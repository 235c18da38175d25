// A small landscape on which colours and captions can be seen before anything is made.

import { html } from "../lib/html.js";

// What the film's own filters come close to, in the browser's words.
const FILTERS = {
  cinematic: "contrast(1.12) saturate(0.9)", warm: "sepia(0.3) saturate(1.2)",
  cool: "hue-rotate(14deg) saturate(0.95)", vibrant: "saturate(1.6)",
  vintage: "sepia(0.45) contrast(0.92)", noir: "grayscale(1) contrast(1.3)",
  dramatic: "contrast(1.35) brightness(0.9)", horror: "saturate(0.5) brightness(0.72) contrast(1.2)",
  anime: "saturate(1.45) brightness(1.08)", sunset: "sepia(0.35) saturate(1.5) hue-rotate(-14deg)",
  soft: "contrast(0.88) brightness(1.06)", sharp: "contrast(1.15)",
};
const SIZES = { "16:9": [320, 180], "9:16": [180, 320], "1:1": [240, 240] };

export function Sketch({ filter, aspect, caption, label }) {
  const [width, height] = SIZES[aspect] ?? SIZES["16:9"];
  return html`<figure class="sketch">
    <div class=${`frame a${aspect.replace(":", "-")}`}>
      <svg viewBox=${`0 0 ${width} ${height}`} preserveAspectRatio="xMidYMid slice" aria-hidden="true" style=${{ filter: FILTERS[filter] ?? "none" }}>
        <defs><linearGradient id="sky" x1="0" x2="0" y1="0" y2="1">
          <stop offset="0" stop-color="#27406d" /><stop offset="0.7" stop-color="#b5708a" /><stop offset="1" stop-color="#f2b880" />
        </linearGradient></defs>
        <rect width=${width} height=${height} fill="url(#sky)" />
        <circle cx=${width * 0.72} cy=${height * 0.3} r="22" fill="#f6e7b4" />
        <path d=${hills(width, height, 0.62, 26)} fill="#5b4a78" />
        <path d=${hills(width, height, 0.74, 18)} fill="#3c3358" />
        <path d=${hills(width, height, 0.87, 12)} fill="#1e1c33" />
      </svg>
      ${caption}
    </div>
    <figcaption>${label}</figcaption>
  </figure>`;
}

function hills(width, height, at, high) {
  const y = height * at;
  const step = width / 4;
  const waves = [0, 1, 2, 3].map((n) => `q ${step / 2} ${n % 2 ? high : -high} ${step} 0`).join(" ");
  return `M 0 ${y} ${waves} V ${height} H 0 Z`;
}
