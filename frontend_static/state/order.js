// The form on Make: kept in this browser, so that nothing typed is ever lost.

import { computed, effect, signal } from "../lib/html.js";
import { recall, remember } from "../lib/storage.js";
import { canLookUp } from "./facts.js";
import { dialsFor, fromImageOptions, imageOptions, SCALE } from "./dials.js";
import { scenesOf, UNCUT, wordsOf } from "./told.js";

const DEFAULTS = {
  source: "text",
  script: "",
  scenes: [],
  topic: "",
  title: "",
  story_type: "",
  duration: 3,
  num_scenes: "",
  read_headings: false,
  grounding: false,
  new_script: false,
  template: null,
  language: "auto",
  image_style: "cinematic",
  color_filter: "none",
  aspect: "16:9",
  quality: "standard",
  resolution: "",
  fps: "",
  zoom_effect: true,
  zoom_intensity: 5,
  motion: "auto",
  transition: "cut",
  voice_id: "aria",
  voice_sample: null,
  voice_consent: false,
  voice_speed: 1,
  pacing: "medium",
  hook_intensity: "medium",
  captions: "none",
  caption_text: "",
  caption_style: "simple",
  caption_position: "bottom",
  caption_animation: "none",
  music: null,
  characters: [],
  seed: "",
  engine_image: "auto",
  engine_voice: "auto",
  steps: "",
  guidance: "",
  scheduler: "",
  negative_prompt: "",
  loras: [],
  ip_adapter_scale: SCALE,
  likeness: "",
};

export const form = signal({ ...DEFAULTS, ...recall("order", {}) });
effect(() => remember("order", form.value));

export function change(values) {
  form.value = { ...form.value, ...values };
}

// Back to the defaults; the words stay, they are the user's.
export function resetLook() {
  const { source, script, topic, title } = form.value;
  form.value = { ...DEFAULTS, source, script, topic, title };
}

export const ready = computed(() => {
  const { source, script, topic } = form.value;
  return Boolean((source === "text" ? script : topic).trim());
});

// A sample is spoken with only when whoever is heard in it has agreed.
export const lacksConsent = computed(() => Boolean(form.value.voice_sample) && !form.value.voice_consent);

// What is sent: only what the user's choice of source and captions makes meaningful.
export function toOrder(values) {
  const order = {
    image_style: values.image_style,
    color_filter: values.color_filter,
    aspect: values.aspect,
    transition: values.transition,
    quality: values.quality,
    zoom_effect: values.zoom_effect,
    ...who(values),
    voice_speed: Number(values.voice_speed),
    pacing: values.pacing,
    language: values.language,
    engine: { image: values.engine_image, voice: values.engine_voice },
    ...words(values),
    ...captions(values),
  };
  if (values.zoom_effect) Object.assign(order, { zoom_intensity: Number(values.zoom_intensity), motion: values.motion });
  if (values.title.trim()) order.title = values.title.trim();
  if (values.story_type) order.story_type = values.story_type;
  if (values.num_scenes !== "") order.num_scenes = Number(values.num_scenes);
  if (values.seed !== "") order.seed = Number(values.seed);
  if (values.music) order.music = { sha256: values.music.sha256, volume: values.music.volume };
  if (values.characters.length) order.characters = values.characters.map(character);
  if (values.resolution) order.resolution = values.resolution;
  if (values.fps) order.fps = Number(values.fps);
  const image = imageOptions(values, dialsFor(values));
  if (Object.keys(image).length) order.image = image;
  return order;
}

// Somebody of the vocabulary, or whoever the sample is of and has agreed.
function who({ voice_id, voice_sample: sample, voice_consent }) {
  return sample ? { voice_sample: sample.sha256, voice_consent } : { voice_id };
}

function character({ name, description, reference }) {
  return { name, description, ...(reference && { reference }) };
}

function words(values) {
  const scenes = scenesOf(values);
  if (scenes) return { scenes };
  if (values.source === "text") return { script: values.script, ...(values.read_headings && { read_headings: true }) };
  return {
    topic: values.topic.trim(),
    duration: Number(values.duration),
    hook_intensity: values.hook_intensity,
    ...(values.grounding && canLookUp(values) && { grounding: true }),
    ...(values.new_script && { new_script: true }),
    ...(values.template && { template: values.template }),
  };
}

function captions(values) {
  const look = {
    style: values.caption_style,
    position: values.caption_position,
    animation: values.caption_animation,
  };
  if (values.captions === "soft") return { soft_captions: true };
  if (values.captions === "auto") return { auto_captions: true, caption: look };
  if (values.captions === "fixed") return { caption: { ...look, text: values.caption_text } };
  return {};
}

// A film's request as form values; what it did not set is at its default.
export function fromOrder(order) {
  const values = { ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS)) {
    if (order[name] !== undefined && order[name] !== null) values[name] = order[name];
  }
  if (order.music) values.music = { name: order.music.sha256.slice(0, 8), volume: 30, ...order.music };
  if (order.voice_sample) values.voice_sample = { sha256: order.voice_sample, name: order.voice_sample.slice(0, 8) };
  values.source = order.script ? "text" : "topic";
  if (order.scenes?.length) Object.assign(values, UNCUT, { source: "text", script: wordsOf(order.scenes) });
  const { caption, auto_captions: auto, engine = {} } = order;
  values.captions = order.soft_captions ? "soft" : auto ? "auto" : caption?.text ? "fixed" : "none";
  values.caption_text = caption?.text ?? "";
  values.caption_style = caption?.style ?? "simple";
  values.caption_position = caption?.position ?? "bottom";
  values.caption_animation = caption?.animation ?? "none";
  values.engine_image = engine.image ?? "auto";
  values.engine_voice = engine.voice ?? "auto";
  return { ...values, ...fromImageOptions(order.image) };
}
