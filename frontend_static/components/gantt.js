// What ran when: one row a scene, bars by stage, hatched where the worker was away; the
// table says the same in words.

import { html, signal } from "../lib/html.js";
import { clock } from "../lib/format.js";
import { t } from "../lib/strings.js";
import { now } from "../state/clock.js";
import { film, render } from "../state/film.js";

const ROW = 18;
const LEFT = 44;
// Bars of one scene lie a little below each other, so that none hides another.
const OFFSETS = { image: 0, voice: 4, clip: 8 };
const WIDTH = 720;
const table = signal(false);

export function Gantt() {
  const bars = timed();
  if (bars.length < 2) return null;
  const gaps = away();
  const begin = Math.min(...[...bars, ...gaps].map((piece) => piece.from));
  const total = Math.max(1, Math.max(...[...bars, ...gaps].map((piece) => piece.to)) - begin);
  const shown = { bars, begin, total, gaps };
  return html`<details class="gantt"><summary>${t("gantt.title")}</summary>
    <label class="inline"><input type="checkbox" checked=${table.value} onChange=${(event) => { table.value = event.target.checked; }} />${t("gantt.asTable")}</label>
    ${table.value ? html`<${Table} ...${shown} />` : html`<${Chart} ...${shown} />`}
  </details>`;
}

function timed() {
  const end = film.value.terminal ? null : now.value;
  return (render.value?.units ?? []).filter((unit) => unit.started_at && (unit.finished_at || end)).map((unit) => ({
    kind: unit.kind,
    scene: unit.scene ?? 0,
    row: unit.scene ? `${unit.scene}` : t(`stage.${unit.kind}`),
    again: unit.attempt > 1,
    from: new Date(unit.started_at).getTime(),
    to: unit.finished_at ? new Date(unit.finished_at).getTime() : end,
  }));
}

// When the worker did not answer, also before the first bar: a worker that took the film
// over afterwards knows nothing of what ran before.
function away() {
  return film.value.outages.map(({ since, until }) => {
    const from = new Date(since).getTime();
    return { from, to: until ? new Date(until).getTime() : Math.max(from, now.value) };
  });
}

function Chart({ bars, begin, total, gaps }) {
  const rows = [...new Set(bars.map((bar) => bar.row))].sort((a, b) => (Number(a) || 1000) - (Number(b) || 1000));
  const x = (time) => LEFT + ((time - begin) / total) * (WIDTH - LEFT);
  return html`<svg class="chart" viewBox=${`0 0 ${WIDTH} ${(rows.length + 1) * ROW}`} role="img" aria-label=${[t("gantt.summary", { n: bars.length, time: clock(total / 1000) }), ...told(gaps)].join(", ")}>
    <defs><pattern id="again" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="2" height="6" fill="#0008" /></pattern>
      <pattern id="away" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><rect class="away" width="2" height="6" /></pattern></defs>
    ${gaps.map((gap) => html`<rect class="gap" x=${x(gap.from)} y="0" width=${Math.max(2, x(gap.to) - x(gap.from))} height=${rows.length * ROW} fill="url(#away)"><title>${told([gap])}</title></rect>`)}
    ${rows.map((row, n) => html`<text x="0" y=${n * ROW + 13}>${row}</text>`)}
    ${bars.map((bar) => {
    const box = { x: x(bar.from), y: rows.indexOf(bar.row) * ROW + 2 + (OFFSETS[bar.kind] ?? 4), width: Math.max(2, x(bar.to) - x(bar.from)), height: 6, rx: 2 };
    return html`<rect class=${`bar ${bar.kind}`} ...${box}><title>${t(`stage.${bar.kind}`)} ${clock((bar.to - bar.from) / 1000)}</title></rect>
      ${bar.again && html`<rect fill="url(#again)" ...${box} />`}`;
  })}
    <text x=${LEFT} y=${(rows.length + 1) * ROW - 4}>0:00</text>
    <text x=${WIDTH} y=${(rows.length + 1) * ROW - 4} text-anchor="end">${clock(total / 1000)}</text>
  </svg>
  <p class="legend">${["image", "voice", "clip", "sound", "film"].map((kind) => html`<span><i class=${`bar ${kind}`}></i>${t(`stage.${kind}`)}</span>`)}
    ${told(gaps).map((words) => html`<span><i class="away"></i>${words}</span>`)}</p>`;
}

// All gaps in words, if there are any.
function told(gaps) {
  const ms = gaps.reduce((sum, gap) => sum + gap.to - gap.from, 0);
  return gaps.length ? [t("gantt.awayFor", { time: clock(ms / 1000) })] : [];
}

function Table({ bars, begin, gaps }) {
  return html`<table><thead><tr>${["scene", "stage", "start", "took"].map((name) => html`<th scope="col">${t(`gantt.${name}`)}</th>`)}</tr></thead>
    <tbody>${bars.map((bar) => html`<tr><th scope="row">${bar.row}</th><td>${t(`stage.${bar.kind}`)}</td>
      <td>${clock((bar.from - begin) / 1000)}</td><td>${clock((bar.to - bar.from) / 1000)}</td></tr>`)}
    ${gaps.map((gap) => html`<tr><th scope="row">–</th><td>${t("gantt.away")}</td><td>${clock((gap.from - begin) / 1000)}</td><td>${clock((gap.to - gap.from) / 1000)}</td></tr>`)}</tbody></table>`;
}
