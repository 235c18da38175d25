// Two films side by side: only what differs between their orders, and both to watch.

import { html, signal, useEffect } from "../lib/html.js";
import { route } from "../lib/router.js";
import { t } from "../lib/strings.js";
import { fileOf, filmOf, readFilm, readProject } from "../api/orchestrator.js";
import { changes } from "../state/differences.js";
import { fromOrder } from "../state/order.js";
import { settingsOf } from "../state/restore.js";

const pair = signal(null);
const trouble = signal(null);

export function Compare() {
  const { id, other } = route.value;
  useEffect(() => { read([id, other]); }, [id, other]);
  if (trouble.value) return html`<p class="refusal" role="alert">${trouble.value}</p>`;
  if (!pair.value) return html`<p aria-busy="true" class="calm">${t("compare.opening")}</p>`;
  return html`<section class="compare">
    <h1>${t("compare.title")}</h1>
    <div class="two">${pair.value.map(({ film }) => html`<figure>
      ${film.state === "complete" ? html`<video src=${filmOf(film.job_id)} controls playsinline preload="metadata" aria-label=${film.title}>
        ${film.artifacts.some(({ name }) => name === "captions.vtt") && html`<track kind="captions" src=${fileOf(film.job_id, "captions.vtt")} srclang="und" label=${t("player.captions")} />`}</video>` : html`<div class="no-picture"></div>`}
      <figcaption><a href=${`#/jobs/${film.job_id}`}>${film.title}</a></figcaption></figure>`)}</div>
    <${Differences} of=${pair.value.map((one) => one.values)} />
  </section>`;
}

async function read(ids) {
  pair.value = trouble.value = null;
  const stays = () => ids[0] === route.value.id && ids[1] === route.value.other;
  try {
    const found = await Promise.all(ids.map(async (id) => ({ film: await readFilm(id, 0, 0), values: fromOrder(settingsOf(await readProject(id))) })));
    if (stays()) pair.value = found;
  } catch (error) {
    if (stays()) trouble.value = error.message;
  }
}

function Differences({ of: [left, right] }) {
  const found = changes(left, right);
  if (!found.length) return html`<p>${t("compare.same")}</p>`;
  return html`<table><thead><tr><th scope="col">${t("compare.setting")}</th><th scope="col">1</th><th scope="col">2</th></tr></thead>
    <tbody>${found.map(({ name, label, from, to }) => html`<tr key=${name}><th scope="row">${label}</th><td>${from}</td><td>${to}</td></tr>`)}</tbody></table>`;
}
