// The last looks after the worker, a dot each, and how long each took; the table says the same.

import { html, signal } from "../lib/html.js";
import { t } from "../lib/strings.js";
import { MOST_POLLS, polls } from "../state/connection.js";

const STEP = 12;
const HIGH = 34;
const DOT_Y = HIGH + 14;
const WIDTH = MOST_POLLS * STEP;
const table = signal(false);

export function PollStrip() {
  const found = polls.value;
  if (!found.length) return null;
  const answered = found.filter((poll) => poll.ms !== null).map((poll) => poll.ms).sort((a, b) => a - b);
  const summary = t("polls.summary", {
    n: found.length, up: found.filter((poll) => poll.state === "up").length,
    usual: ms(answered[Math.floor(answered.length / 2)]), most: ms(answered.at(-1)),
  });
  return html`<figure class="polls">
    <figcaption><strong>${t("polls.title")}</strong> <span id="polls-summary">${summary}</span>
      <label class="inline"><input type="checkbox" checked=${table.value} onChange=${(event) => { table.value = event.target.checked; }} />${t("gantt.asTable")}</label></figcaption>
    ${table.value ? html`<${Table} found=${found} />` : html`<${Strip} found=${found} slowest=${answered.at(-1)} />`}
  </figure>`;
}

function Strip({ found, slowest }) {
  const from = MOST_POLLS - found.length;
  const x = (n) => (from + n + 0.5) * STEP;
  const line = found.flatMap(({ ms: took }, n) => (took === null ? [] : `${x(n)},${HIGH - (HIGH - 4) * took / Math.max(slowest, 1)}`));
  return html`<svg viewBox=${`0 0 ${WIDTH} ${DOT_Y + 8}`} role="img" aria-label=${t("polls.title")} aria-describedby="polls-summary">
    <polyline points=${line.join(" ")} />
    ${found.map(({ state, at }, n) => html`<g key=${at} class=${state}><title>${t(`polls.${state}`)}</title>${mark(state, x(n))}</g>`)}
  </svg>`;
}

// Told apart by their shape, too.
function mark(state, x) {
  if (state === "down") return html`<path d=${`M${x - 4} ${DOT_Y - 4}l8 8m0-8l-8 8`} />`;
  return html`<circle cx=${x} cy=${DOT_Y} r=${state === "up" ? 4 : 3.5} />`;
}

function Table({ found }) {
  const time = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
  return html`<div class="wide"><table><thead><tr><th>${t("polls.when")}</th><th>${t("polls.found")}</th><th>${t("polls.took")}</th></tr></thead>
    <tbody>${found.toReversed().map((poll) => html`<tr key=${poll.at}><td>${time.format(poll.at)}</td><td>${t(`polls.${poll.state}`)}</td><td>${ms(poll.ms)}</td></tr>`)}</tbody></table></div>`;
}

function ms(value) {
  return value === null || value === undefined ? "–" : `${Math.round(value)} ms`;
}
