// Two films side by side: only what differs between their orders, and both to watch.

import { html, signal, useEffect } from "../lib/html.js";
import { route } from "../lib/router.js";
import { t } from "../lib/strings.js";
import { fileOf, filmOf, readFilm, readProject } from "../api/orchestrator.js";

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
    <${Differences} orders=${pair.value.map((one) => one.order)} />
  </section>`;
}

async function read(ids) {
  pair.value = trouble.value = null;
  try {
    pair.value = await Promise.all(ids.map(async (id) => ({ film: await readFilm(id, 0, 0), order: (await readProject(id)).request })));
  } catch (error) {
    trouble.value = error.message;
  }
}

function Differences({ orders }) {
  const [left, right] = orders.map(flat);
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])].filter((name) => left[name] !== right[name]);
  if (!names.length) return html`<p>${t("compare.same")}</p>`;
  return html`<table><thead><tr><th scope="col">${t("compare.setting")}</th><th scope="col">1</th><th scope="col">2</th></tr></thead>
    <tbody>${names.map((name) => html`<tr><th scope="row">${name}</th><td>${left[name] ?? "–"}</td><td>${right[name] ?? "–"}</td></tr>`)}</tbody></table>`;
}

// { caption: { style: "bold" } } → { "caption.style": "bold" }
function flat(order, prefix = "") {
  const flattened = {};
  for (const [name, value] of Object.entries(order)) {
    if (value && typeof value === "object") Object.assign(flattened, flat(value, `${prefix}${name}.`));
    else flattened[prefix + name] = String(value);
  }
  return flattened;
}
