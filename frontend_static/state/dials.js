// The dials of the engine that will draw: only these are shown, and only these are sent.

import { capabilities } from "./connection.js";

// How closely scenes keep to references when nothing is said.
export const SCALE = 0.6;

// The engine of that kind that a film would get: the one asked for, or the worker's best.
export function engineFor(kind, asked) {
  const { engines = [], health } = capabilities.value ?? {};
  const mine = engines.filter((engine) => engine.kind === kind);
  if (asked !== "auto") return mine.find((engine) => engine.name === asked) ?? null;
  const best = { image: health?.model, voice: health?.tts }[kind];
  return mine.find((engine) => engine.name === best) ?? null;
}

// null while no worker is known: then everything is sent, and the worker judges.
export function dialsFor(values) {
  const engine = engineFor("image", values.engine_image);
  return engine && (engine.dials ?? { negative: true });
}

export function imageOptions(values, dials) {
  const options = {};
  const put = (name, value, has) => { if (value !== "" && (!dials || has)) options[name] = value; };
  put("steps", values.steps === "" ? "" : Number(values.steps), dials?.steps);
  put("guidance", values.guidance === "" ? "" : Number(values.guidance), dials && hasGuidance(dials));
  put("scheduler", values.scheduler, dials?.schedulers?.includes(values.scheduler));
  put("negative_prompt", values.negative_prompt.trim(), dials && hearsNo(dials, values));
  const loras = values.loras.filter((lora) => !dials || dials.loras?.includes(lora.name));
  if (loras.length) options.loras = loras;
  if (values.characters.some((one) => one.reference)) Object.assign(options, likeness(values));
  return options;
}

// What is at its default is left out, as engines without a likeness refuse it by name.
function likeness({ ip_adapter_scale: scale, likeness: kept }) {
  return { ...(scale !== SCALE && { ip_adapter_scale: Number(scale) }), ...(kept && { likeness: kept }) };
}

export function fromImageOptions(image) {
  const given = Object.entries(image ?? {}).filter(([, value]) => value !== null);
  const unset = { steps: "", guidance: "", scheduler: "", negative_prompt: "", loras: [], ip_adapter_scale: SCALE, likeness: "" };
  return { ...unset, ...Object.fromEntries(given) };
}

export function hasGuidance(dials) {
  return dials.guidance !== undefined && dials.guidance !== null;
}

// Models hear what shall not be shown only while they are guided.
export function hearsNo(dials, values) {
  if (!dials.steps) return dials.negative;
  return dials.negative && Number(values.guidance === "" ? dials.guidance ?? 0 : values.guidance) > 1;
}
