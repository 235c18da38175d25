// Pictures while they are being drawn, small, from the worker itself: one request for
// each of the worker's news that tells of one, under an address that stays the same.

import { effect, signal } from "../lib/html.js";
import { askGlimpse } from "../api/worker.js";
import { hidden } from "./clock.js";
import { asked, direct } from "./film.js";
import { watches } from "./settings.js";

// By scene: { told, url }, the address of a blob.
export const glimpses = signal({});
const under = new Set();
let shown = null;

effect(() => {
  const view = direct.value;
  if (view?.job_id !== shown) forgetAll();
  shown = view?.job_id ?? null;
  const units = (view?.units ?? []).filter((unit) => unit.kind === "image");
  for (const unit of units.filter((one) => !one.live)) forget(unit.scene);
  if (!view || hidden.value || !watches(asked.value.pace)) return;
  for (const unit of units.filter((one) => one.live)) look(asked.value, view.job_id, unit);
});

// What comes while one is on its way is told by the news after it.
async function look(access, jobId, { scene, live: told }) {
  if (under.has(scene) || glimpses.peek()[scene]?.told === told) return;
  under.add(scene);
  try {
    const picture = await askGlimpse(access, told);
    if (picture && shown === jobId && isDrawing(scene)) put(scene, { told, url: URL.createObjectURL(picture) });
  } finally {
    under.delete(scene);
  }
}

function isDrawing(scene) {
  return direct.peek()?.units.some((unit) => unit.kind === "image" && unit.scene === scene && unit.live);
}

function put(scene, glimpse) {
  const { [scene]: before, ...others } = glimpses.peek();
  glimpses.value = glimpse ? { ...others, [scene]: glimpse } : others;
  if (before) URL.revokeObjectURL(before.url);
}

function forget(scene) {
  if (glimpses.peek()[scene]) put(scene, null);
}

function forgetAll() {
  for (const scene of Object.keys(glimpses.peek())) forget(scene);
}
