// Words over the sound of a scene: where each is spoken, and which go by too fast to read.

import { html, useState } from "../lib/html.js";
import { clock } from "../lib/format.js";
import { levelsOf, QUIETEST_DB } from "../lib/levels.js";
import { t } from "../lib/strings.js";
import { readFile } from "../api/orchestrator.js";

const WIDTH = 1000;
const WAVE = 40;
const ROW = 18;
const ROWS = 3;
// Captions that people can follow stay below this.
const MOST_CHARACTERS_A_SECOND = 20;

export function Ruler({ voice, words }) {
  const [told, setTold] = useState(null);
  const [trouble, setTrouble] = useState(null);
  const listen = async (event) => {
    if (!event.target.open || told) return;
    setTrouble(null);
    try {
      const [sound, text] = await Promise.all([readFile(voice), readFile(words)]);
      setTold({ ...(await levelsOf(sound)), words: paced(text.words) });
    } catch (error) {
      setTrouble(error.message);
    }
  };
  return html`<details class="ruler" onToggle=${listen}><summary>${t("ruler.title")}</summary>
    ${told ? html`<${Course} ...${told} />` : trouble ? html`<p class="refusal" role="alert">${trouble}</p>`
    : html`<p aria-busy="true" class="calm">${t("ruler.opening")}</p>`}</details>`;
}

// Each word with the pace at which it goes by together with its neighbours.
function paced(words) {
  return words.map(([text, from], n) => {
    const near = words.slice(Math.max(0, n - 1), n + 2);
    const seconds = Math.max(0.05, near.at(-1)[2] - near[0][1]);
    return { text, from, pace: near.map(([word]) => word).join(" ").length / seconds };
  });
}

function Course({ seconds, levels, words }) {
  const x = (at) => (at / seconds) * WIDTH;
  const fast = words.filter((word) => word.pace > MOST_CHARACTERS_A_SECOND);
  const summary = t("ruler.summary", { n: words.length, time: clock(seconds), fast: fast.length });
  return html`<div class="wide" tabindex="0" role="group" aria-label=${t("ruler.title")}><svg viewBox=${`0 0 ${WIDTH} ${WAVE + ROWS * ROW + 4}`} role="img" aria-label=${summary}>
      ${levels.map((db, n) => {
    const high = Math.max(1, (1 - db / QUIETEST_DB) * WAVE);
    return html`<rect class="wave" x=${(n / levels.length) * WIDTH} width=${(WIDTH / levels.length) * 0.7} y=${(WAVE - high) / 2} height=${high} />`;
  })}
      ${words.map((word, n) => html`<g class=${word.pace > MOST_CHARACTERS_A_SECOND ? "fast" : ""}>
        <title>${t("ruler.word", { word: word.text, pace: Math.round(word.pace) })}</title>
        <line x1=${x(word.from)} x2=${x(word.from)} y1="0" y2=${WAVE + (n % ROWS) * ROW + 6} />
        <text x=${x(word.from) + 2} y=${WAVE + (n % ROWS) * ROW + 15}>${word.text}${word.pace > MOST_CHARACTERS_A_SECOND ? " !" : ""}</text></g>`)}
    </svg></div><p class="calm">${summary}</p>`;
}
