// What is otherwise between two fillings of the form, in the words of the form.

import { t, word } from "../lib/strings.js";

const NAMES = {
  script: "differ.words", topic: "differ.words", title: "story.name", story_type: "story.type", num_scenes: "story.scenes",
  image_style: "look.style", color_filter: "look.filter", aspect: "look.aspect", quality: "look.quality",
  resolution: "look.resolution", fps: "look.fps", motion: "look.motion", transition: "look.transition",
  voice_id: "voice.who", voice_speed: "voice.speed", pacing: "voice.pacing", language: "voice.language",
  captions: "captions.show", caption_style: "captions.style", music: "music.title", characters: "cast.title",
  seed: "engines.seed", engine_image: "engines.image", engine_voice: "engines.voice",
  steps: "dials.steps", guidance: "dials.guidance", scheduler: "dials.scheduler", negative_prompt: "dials.negative", loras: "dials.loras",
};
const SHOWN = 6;
// Long or made of parts: named, but not told.
const BARE = new Set(["script", "topic", "music", "characters", "loras", "negative_prompt"]);

export function differences(before, after) {
  const names = Object.keys(NAMES).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  if (!names.length) return "";
  const parts = names.slice(0, SHOWN).map((name) => {
    if (BARE.has(name)) return t(NAMES[name]);
    return `${t(NAMES[name])} ${shown(name, before[name])} → ${shown(name, after[name])}`;
  });
  if (names.length > SHOWN) parts.push(t("differ.more", { n: names.length - SHOWN }));
  return t("differ.changed", { what: parts.join(", ") });
}

function shown(name, value) {
  if (value === "" || value === undefined || value === null) return "–";
  return word(name, String(value));
}
