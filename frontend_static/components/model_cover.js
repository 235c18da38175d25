// The picture that stands for a model: its own, else one that was made with it, else its
// initial and how a picture gets here.

import { html, useState } from "../lib/html.js";
import { t } from "../lib/strings.js";

export function Cover({ model }) {
  const { name, model_metadata: { thumbnail: picture } } = model;
  // Its film may be deleted while this is looked at.
  const [gone, setGone] = useState(null);
  if (!picture || picture.url === gone) return html`<span class="initial" aria-hidden="true">${name[0].toUpperCase()}</span>`;
  const alt = t(picture.source === "film" ? "models.cover.made" : "models.cover", { name });
  const image = html`<img class="cover" src=${picture.url} alt=${alt} width="96" height="96" loading="lazy" decoding="async" onError=${() => setGone(picture.url)} />`;
  return picture.source === "film" ? html`<a class="cover-link" href=${`#/jobs/${picture.job_id}/scenes/${picture.scene}`}>${image}</a>` : image;
}

const MAKERS = ["image", "lora", "likeness", "voice"];

// Whose picture it is, or that one will come by itself.
export function CoverLine({ model: { model_type: kind, model_metadata: about } }) {
  const { thumbnail: picture } = about;
  if (picture?.source === "film") return html`<small>${t(kind === "voice" ? "models.cover.spoke" : "models.cover.from", { title: picture.title })}</small>`;
  const comes = !picture && about.on_worker && !about.unavailable && MAKERS.includes(kind);
  return comes ? html`<small>${t("models.cover.none")}</small>` : null;
}
