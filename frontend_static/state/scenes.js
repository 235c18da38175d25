// Scenes of the watched film as the cards show them: words, picture, sound, clip, states.

import { computed } from "../lib/html.js";
import { fileOf } from "../api/orchestrator.js";
import { film, render, sparing } from "./film.js";

const KINDS = ["image", "voice", "clip"];

export const scenes = computed(() => {
  const here = new Map((film.value?.artifacts ?? []).map((item) => [item.name, item]));
  // Through a metered tunnel these come when they are asked for.
  const asked = sparing.value ? new Map((render.value?.artifacts ?? []).map((item) => [item.name, item])) : here;
  const numbers = new Map();
  for (const unit of render.value?.units ?? []) {
    if (!unit.scene) continue;
    if (!numbers.has(unit.scene)) numbers.set(unit.scene, {});
    numbers.get(unit.scene)[unit.kind] = unit;
  }
  return [...numbers].sort(([a], [b]) => a - b).map(([number, units]) => scene(number, units, here, asked));
});

function scene(number, units, here, asked) {
  const file = (name, from = here) => {
    const full = `scene-${String(number).padStart(3, "0")}-${name}`;
    // The hash makes the address new when the picture is: no stale copy is shown.
    return from.has(full) ? `${fileOf(film.value.job_id, full)}?v=${from.get(full).sha256.slice(0, 8)}` : null;
  };
  const failed = KINDS.map((kind) => units[kind]).find((unit) => unit?.error);
  return {
    number,
    units,
    preview: file("preview.webp") ?? file("picture.png"),
    picture: file("picture.png") ?? file("preview.webp"),
    voice: file("voice.wav", asked),
    words: file("words.json", asked),
    clip: file("clip.mp4", asked),
    error: failed?.error ?? null,
    seconds: units.voice?.result?.facts?.duration_s ?? null,
    seed: units.image?.result?.facts?.seed ?? null,
    busy: KINDS.find((kind) => units[kind]?.state === "running") ?? null,
    loading: Object.values(units).find((unit) => unit?.note?.startsWith("loading "))?.engine ?? null,
    done: KINDS.every((kind) => units[kind]?.state === "done"),
  };
}

// Pictures, voices, clips, sound, film: how many are done, of how many, and for how long.
export const stages = computed(() => {
  const units = render.value?.units ?? [];
  return ["image", "voice", "clip", "sound", "film"].map((kind) => {
    const mine = units.filter((unit) => unit.kind === kind);
    const starts = mine.map((unit) => unit.started_at).filter(Boolean).sort();
    const done = mine.filter((unit) => unit.state === "done").length;
    return {
      kind,
      total: mine.length,
      done,
      state: mine.some((unit) => unit.state === "error") ? "error"
        : mine.length && done === mine.length ? "done"
          : mine.some((unit) => ["running", "retrying"].includes(unit.state)) ? "running" : "pending",
      startedAt: starts[0] ?? null,
      finishedAt: done === mine.length ? mine.map((unit) => unit.finished_at).filter(Boolean).sort().at(-1) ?? null : null,
    };
  }).filter(({ kind, total }) => total || kind !== "sound");
});
