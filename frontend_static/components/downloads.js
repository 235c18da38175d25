// Everything that the film left behind, to take away.

import { html } from "../lib/html.js";
import { size } from "../lib/format.js";
import { t } from "../lib/strings.js";
import { fileOf, filmOf } from "../api/orchestrator.js";
import { film } from "../state/film.js";
import { strip } from "../state/settings.js";
import { Toggle } from "./field.js";

// Kinds that the server can send without what they say of themselves; others say
// nothing, or are all about that.
const TELLING = ["video/mp4", "audio/mp4", "image/png", "image/jpeg"];
const FIRST = ["film.mp4", "project.zip", "captions.srt", "captions.vtt", "narration.txt", "script.md"];

export function Downloads() {
  const { job_id: id, artifacts } = film.value;
  if (!artifacts.length) return null;
  const whole = artifacts.filter((item) => !item.scene);
  whole.sort((a, b) => place(a) - place(b) || a.name.localeCompare(b.name));
  const parts = artifacts.filter((item) => item.scene);
  return html`<section class="downloads" aria-labelledby="downloads-title">
    <h2 id="downloads-title">${t("downloads.title")}</h2>
    <ul>${whole.map((item) => html`<li><a role="button" class=${item.name === "film.mp4" ? "main" : "outline"} download
        href=${address(id, item)}>${label(item)} <small>${size(item.bytes)}</small></a></li>`)}</ul>
    <${Toggle} id="strip" label=${t("downloads.strip")} help=${t("downloads.strip.help")} checked=${strip.value} onChange=${(on) => { strip.value = on; }} />
    ${parts.length > 0 && html`<details><summary>${t("downloads.parts", { n: parts.length })}</summary>
      <ul class="plain">${parts.map((item) => html`<li><a download href=${address(id, item)}>${item.name}</a> <small>${size(item.bytes)}</small></li>`)}</ul></details>`}
  </section>`;
}

function address(id, { name, media_type: kind }) {
  const plain = name === "film.mp4" ? filmOf(id) : fileOf(id, name);
  return strip.value && TELLING.includes(kind) ? `${plain}?metadata=none` : plain;
}

function place(item) {
  const at = FIRST.indexOf(item.name);
  return at < 0 ? FIRST.length : at;
}

function label(item) {
  return item.name === "film.mp4" ? t("downloads.film") : item.name;
}
