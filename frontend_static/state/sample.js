// Somebody's own voice: a sample that was agreed to, where an engine speaks with one.

import { signal } from "../lib/html.js";
import { levelsOf } from "../lib/levels.js";
import { t } from "../lib/strings.js";
import { sendVoiceSample } from "../api/orchestrator.js";
import { capabilities } from "./connection.js";
import { change, form } from "./order.js";

const SHORTEST_S = 6;
const LONGEST_S = 30;

// The chosen file, to be heard again while this tab is open.
export const heard = signal(null);

export function cloner() {
  const engines = (capabilities.value?.engines ?? []).filter((one) => one.kind === "voice" && one.clones);
  return engines.find((one) => !one.unavailable) ?? engines[0] ?? null;
}

// Why no sample can be spoken with, as a sentence; null when one can.
export function whyNoSample() {
  if (!capabilities.value?.engines) return t("sample.unknown");
  const engine = cloner();
  if (!engine) return t("sample.none");
  if (engine.unavailable) return t("sample.lacking", { name: engine.name, why: engine.unavailable });
  const { engine_voice: asked } = form.value;
  const able = capabilities.value.engines.some((one) => one.name === asked && one.clones);
  return asked === "auto" || able ? null : t("sample.other", { name: asked, able: engine.name });
}

// Sends it; throws with what is wrong with it. Whoever is heard in it agrees anew.
export async function takeSample(file) {
  const seconds = await lengthOf(file);
  if (seconds < SHORTEST_S || seconds > LONGEST_S) throw new Error(t("sample.length", { seconds: seconds.toFixed(1) }));
  const { sha256 } = await sendVoiceSample(file);
  hear(URL.createObjectURL(file));
  change({ voice_sample: { sha256, name: file.name }, voice_consent: false });
}

export function dropSample() {
  const { engine_voice: asked } = form.value;
  const alone = capabilities.value?.engines?.some((one) => one.name === asked && one.clones);
  hear(null);
  change({ voice_sample: null, voice_consent: false, ...(alone && { engine_voice: "auto" }) });
}

async function lengthOf(file) {
  try {
    return (await levelsOf(file)).seconds;
  } catch {
    throw new Error(t("sample.unreadable", { name: file.name }));
  }
}

function hear(url) {
  if (heard.value) URL.revokeObjectURL(heard.value);
  heard.value = url;
}
