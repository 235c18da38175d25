// A scene told otherwise: a note in plain words, two ways to choose from; taking one saves it.

import { html, useState } from "../lib/html.js";
import { t } from "../lib/strings.js";
import { rewriteScene } from "../api/orchestrator.js";
import { change, script, scriptError } from "../state/script.js";
import { nameOf } from "../state/sheets.js";
import { Dialog } from "./dialog.js";

const WAYS = 2;

export function Rewrite({ scene, at, onClose }) {
  const [note, setNote] = useState("");
  const [ways, setWays] = useState([]);
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState(null);
  const ask = async (event) => {
    event.preventDefault();
    setBusy(true);
    setTrouble(null);
    try {
      setWays((await rewriteScene(script.value.job_id, { scene: scene.id, note, alternatives: WAYS })).alternatives);
    } catch (error) {
      setTrouble([error.message, error.hint].filter(Boolean).join(" "));
    } finally {
      setBusy(false);
    }
  };
  const take = async (way) => {
    if (await change(nameOf(scene), { narration: way.narration, image_prompt: way.image_prompt })) onClose();
  };
  return html`<${Dialog} title=${t("rewrite.title", { n: at + 1 })} onClose=${onClose}>
    <form onSubmit=${ask}>
      <label for="rewrite-note">${t("rewrite.note")}</label>
      <input id="rewrite-note" maxlength="1000" value=${note} placeholder=${t("rewrite.hint")} onInput=${(event) => setNote(event.target.value)} />
      ${trouble && html`<p class="refusal" role="alert">${trouble}</p>`}
      <div class="actions"><button type="submit" aria-busy=${busy} disabled=${busy}>${t("rewrite.ask")}</button></div>
    </form>
    ${scriptError.value && html`<p class="refusal" role="alert">${scriptError.value}</p>`}
    <ul class="ways">${ways.map((way, n) => html`<li><p>${way.narration}</p><p class="calm">${way.image_prompt}</p>
      <button type="button" class="outline" onClick=${() => take(way)}>${t("rewrite.take", { n: n + 1 })}</button></li>`)}</ul>
  </${Dialog}>`;
}
