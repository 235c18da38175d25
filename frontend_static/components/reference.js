// A picture of a character, whose likeness every scene keeps that shows it.

import { html, useState } from "../lib/html.js";
import { t } from "../lib/strings.js";
import { likenesses, takeReference, thumbnails } from "../state/references.js";
import { form } from "../state/order.js";

export function Reference({ id, name, sha256, onChange }) {
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState(null);
  const able = likenesses(form.value).length > 0;
  const choose = async (event) => {
    const [file] = event.target.files;
    if (!file) return;
    setBusy(true);
    setTrouble(null);
    try {
      onChange(await takeReference(file));
    } catch (error) {
      setTrouble(error.message);
      event.target.value = ""; // the same file can be chosen again
    } finally {
      setBusy(false);
    }
  };
  return html`<div class="field reference">
    <label for=${id}>${t("reference.title")}</label>
    ${sha256 && html`<p>${thumbnails.value[sha256] ? html`<img src=${thumbnails.value[sha256]} alt=${t("reference.alt", { name })} />` : html`<code>${sha256.slice(0, 8)}</code>`}
      <button type="button" class="quiet" onClick=${() => onChange(null)}>${t("reference.remove", { name })}</button></p>`}
    <input id=${id} type="file" accept="image/png,image/jpeg,image/webp" disabled=${!able} aria-busy=${busy} aria-describedby=${`${id}-hint`} onChange=${choose} />
    <small id=${`${id}-hint`}>${t(able ? "reference.help" : "reference.unable")}</small>
    ${trouble && html`<p class="refusal" role="alert">${trouble}</p>`}
  </div>`;
}
