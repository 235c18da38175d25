// What is otherwise between two fillings of the form, in the words of the form.

import { t, word } from "../lib/strings.js";

const NAMES = {
  title: "story.name", script: "differ.words", scenes: "differ.voices", topic: "words.topic", story_type: "story.type", num_scenes: "story.scenes",
  image_style: "look.style", color_filter: "look.filter", aspect: "look.aspect", quality: "look.quality",
  resolution: "look.resolution", fps: "look.fps", motion: "look.motion", transition: "look.transition",
  voice_id: "voice.who", voice_sample: "sample.title", voice_speed: "voice.speed", pacing: "voice.pacing", language: "voice.language",
  captions: "captions.show", caption_style: "captions.style", music: "music.title", characters: "cast.title",
  seed: "engines.seed", engine_image: "engines.image", engine_voice: "engines.voice",
  steps: "dials.steps", guidance: "dials.guidance", scheduler: "dials.scheduler", negative_prompt: "dials.negative", loras: "dials.loras",
};
const SHOWN = 6;
// Long or made of parts: named, but not told.
const BARE = new Set(["script", "scenes", "topic", "music", "characters", "loras", "negative_prompt"]);

export function differences(before, after) {
  const found = changes(before, after);
  if (!found.length) return "";
  const parts = found.slice(0, SHOWN).map(({ name, label, from, to }) => (BARE.has(name) ? label : `${label} ${from} → ${to}`));
  if (found.length > SHOWN) parts.push(t("differ.more", { n: found.length - SHOWN }));
  return t("differ.changed", { what: parts.join(", ") });
}

// [{ name, label, from, to }] of all that is otherwise.
export function changes(before, after) {
  const names = Object.keys(NAMES).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  return names.map((name) => ({ name, label: t(NAMES[name]), from: shown(name, before[name]), to: shown(name, after[name]) }));
}

function shown(name, value) {
  if (value === "" || value === undefined || value === null || value.length === 0) return "–";
  if (name === "scenes") return voicesOf(value) || "–";
  if (Array.isArray(value)) return value.map((item) => item.name).join(", ");
  return typeof value === "object" ? value.name : word(name, String(value));
}

function voicesOf(scenes) {
  return scenes.map(({ voice }, at) => voice && `${at + 1} ${t(`voice_id.${voice}`)}`).filter(Boolean).join(", ");
}
