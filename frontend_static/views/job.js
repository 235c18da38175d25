// Job: one film, from its first skeleton cards to the finished film in a player.

import { copied } from "../lib/clipboard.js";
import { html, signal, useEffect } from "../lib/html.js";
import { number } from "../lib/format.js";
import { go, route } from "../lib/router.js";
import { t } from "../lib/strings.js";
import { Actions } from "../components/actions.js";
import { CastSheet, CastTray } from "../components/cast_tray.js";
import { Dialog } from "../components/dialog.js";
import { Downloads } from "../components/downloads.js";
import { Gantt } from "../components/gantt.js";
import { LeftOut } from "../components/left_out.js";
import { Log } from "../components/log.js";
import { Player } from "../components/player.js";
import { Progress } from "../components/progress.js";
import { SceneCard } from "../components/scene_card.js";
import { SceneDialog } from "../components/scene_dialog.js";
import { StageStrip } from "../components/stage_strip.js";
import { cast } from "../state/cast.js";
import { early } from "../state/early.js";
import { film, missing, watchFilm } from "../state/film.js";
import { scenes } from "../state/scenes.js";
import { openScript } from "../state/script.js";

const report = signal(null);

export function Job() {
  const { id, scene, person } = route.value;
  const state = film.value?.state;
  useEffect(() => { watchFilm(id); }, [id]);
  useEffect(() => { openScript(id, state); }, [id, state]);
  useEffect(tellTab, [film.value?.title, scenes.value.filter((one) => one.done).length, film.value?.terminal]);
  if (missing.value) return html`<${Gone} why=${missing.value} />`;
  if (film.value?.job_id !== id) return html`<p aria-busy="true" class="calm">${t("job.opening")}</p>`;
  const met = person && cast.value[person - 1];
  const shown = scene && scenes.value.find((item) => item.number === scene);
  return html`<section class="job" data-state=${film.value.state}>
    <${Heading} />
    ${(film.value.state === "complete" || early.value) && html`<${Player} />`}
    <${Progress} />
    <${StageStrip} />
    <${Trouble} />
    <${Actions} />
    <section aria-labelledby="scenes-title">
      <h2 id="scenes-title">${t("job.scenes")}</h2>
      <${CastTray} />
      ${scenes.value.length ? html`<ol class="cards">${scenes.value.map((item) => html`<${SceneCard} key=${item.number} scene=${item} />`)}</ol>`
    : html`<p class="calm">${t("job.noScenes")}</p>`}
      <${LeftOut} />
    </section>
    <${Downloads} />
    <${Gantt} />
    <${Log} />
    <${Report} />
    ${met && html`<${CastSheet} person=${met} />`}
    ${shown && html`<${SceneDialog} key=${scene} scene=${shown} onClose=${() => closeScene(id, scene)} />`}
  </section>`;
}

// Of what was ordered in the dialog the answer may come when something else is open.
function closeScene(id, scene) {
  const { view, id: now, scene: open } = route.value;
  if (view === "job" && now === id && open === scene) go(`/jobs/${id}`);
}

// "(3/8) The moth": how far it is, for those who look at another tab.
function tellTab() {
  if (!film.value) return;
  const { title, terminal } = film.value;
  const done = scenes.value.filter((one) => one.done).length;
  document.title = `${terminal || !scenes.value.length ? "" : `(${done}/${scenes.value.length}) `}${title} · Moonreel`;
}

function Heading() {
  const { title, draft, terminal, message, usage } = film.value;
  return html`<hgroup class="heading">
    <h1>${title} ${draft && html`<a class="badge" href="#/connection" title=${t("draft.more")}>${t("draft")}</a>`}</h1>
    ${terminal && html`<p class="calm">${message}</p>`}
    ${usage && html`<p class="calm">${writtenBy(usage)}</p>`}
  </hgroup>`;
}

// Who wrote the script, and what that costs by the list.
function writtenBy({ model, input_tokens: asked, output_tokens: told, price_usd: price }) {
  const by = t("job.usage", { model, n: number(asked + told) });
  return price === null ? by : `${by}, ${t("job.price", { price: price.toFixed(3) })}`;
}

function Trouble() {
  const { error, warnings } = film.value;
  return html`
    ${error && html`<div class="trouble" role="alert">
      <p><strong>${error.message}</strong></p>
      ${error.hint && html`<p>${error.hint}</p>`}
      <button type="button" class="quiet" onClick=${copyReport}>${t("job.report")}</button>
    </div>`}
    ${warnings.length > 0 && html`<ul class="warnings">${warnings.map((text) => html`<li>${text}</li>`)}</ul>`}`;
}

// Everything that somebody who helps would ask for; the views hold no secrets.
async function copyReport() {
  const { links, artifacts, render, ...about } = film.value;
  const units = (render?.units ?? []).filter((unit) => unit.error);
  const text = JSON.stringify({ ...about, failed: units, page: navigator.userAgent }, null, 2);
  if (!await copied(text)) report.value = text;
}

// Without a clipboard it is shown, to be copied by hand.
function Report() {
  if (report.value === null) return null;
  return html`<${Dialog} title=${t("job.report")} onClose=${() => { report.value = null; }}>
    <textarea rows="12" readonly aria-label=${t("job.report")} onFocus=${(event) => event.target.select()}>${report.value}</textarea>
  </${Dialog}>`;
}

function Gone({ why }) {
  return html`<section class="empty"><h1>${t("job.gone")}</h1><p>${why}</p><a role="button" href="#/library">${t("title.library")}</a></section>`;
}
