// Script review: scenes as cards, to edit, move, split, merge and lock; below, what
// rendering would make anew.

import { html, useEffect } from "../lib/html.js";
import { go, route } from "../lib/router.js";
import { duration } from "../lib/format.js";
import { t } from "../lib/strings.js";
import { ScriptCard } from "../components/script_card.js";
import { ScriptTrouble } from "../components/script_trouble.js";
import { Typed } from "../components/typed.js";
import { film, missing, watchFilm } from "../state/film.js";
import { say } from "../state/spoken.js";
import { lines, openScript, plan, rename, render, rendering, restore, saving, script, scriptError, title, unsaved } from "../state/script.js";
import { nameOf } from "../state/sheets.js";

export function Script() {
  const { id } = route.value;
  const written = film.value?.state;
  useEffect(() => { watchFilm(id); }, [id]);
  useEffect(() => { openScript(id, written); }, [id, written]);
  if (missing.value) return html`<p class="refusal">${missing.value}</p>`;
  if (script.value?.job_id !== id) return html`<p aria-busy=${!scriptError.value} class="calm">${scriptError.value ?? t("script.opening")}</p>`;
  return html`<section class="script">
    <header>
      <label class="sr" for="script-title">${t("story.name")}</label>
      <${Typed} as="input" id="script-title" class="title" value=${title.value} maxlength="200" onDone=${rename} />
      <p class="calm">${t("script.about", { n: lines.value.length, words: script.value.words, time: duration(script.value.narration_s) })}${" "}
        <a href=${`#/jobs/${id}`}>${t("script.toFilm")}</a></p>
    </header>
    <${Warnings} />
    <ol class="lines">${lines.value.map((scene, n) => html`<${ScriptCard} key=${nameOf(scene)} scene=${scene} at=${n} of=${lines.value.length} />`)}</ol>
    <${History} />
    <${Bar} id=${id} />
  </section>`;
}

function Warnings() {
  const { warnings } = script.value.script;
  return warnings.length > 0 && html`<ul class="warnings">${warnings.map((text) => html`<li>${text}</li>`)}</ul>`;
}

function History() {
  const { versions, version } = script.value;
  if (versions.length < 2) return null;
  return html`<details><summary>${t("script.history", { n: versions.length })}</summary>
    <ul class="plain">${versions.map((old) => html`<li>${old.version} · ${t(`script.by.${old.made_by}`)} · ${t("script.sum", { n: old.scenes, words: old.words })}
      ${old.version !== version && html` <button type="button" class="quiet" onClick=${() => restore(old.version)}>${t("script.restore", { n: old.version })}</button>`}</li>`)}</ul>
  </details>`;
}

function next() {
  if (unsaved.value && scriptError.value) return t("script.unsaved");
  return saving.value || unsaved.value ? t("script.saving") : plan.value?.message;
}

// Whoever looks at something else meanwhile is not called back.
const isOpen = (id) => route.value.view === "script" && route.value.id === id;

function Bar({ id }) {
  const waiting = film.value?.state === "review";
  const idle = plan.value?.nothing_to_do && !waiting && !unsaved.value;
  useEffect(() => say(plan.value?.message), [plan.value?.message]);
  const start = async () => { if (await render() && isOpen(id)) go(`/jobs/${id}`); };
  return html`<div class="bar-below" role="region" aria-label=${t("script.next")}>
    <p id="plan">${next()}</p>
    <${ScriptTrouble} />
    <button type="button" disabled=${idle || saving.value || rendering.value} aria-describedby="plan" onClick=${start}>${t(waiting ? "make.button" : "script.render")}</button>
  </div>`;
}
