// The models and LoRAs of the worker that a film would go to, and taking one for the form.

import { signal } from "../lib/html.js";
import { go } from "../lib/router.js";
import { t } from "../lib/strings.js";
import { NoAnswer, deleteModel, readModels } from "../api/orchestrator.js";
import { capabilities, refresh, serverLost } from "./connection.js";
import { announce } from "./notices.js";
import { change, form } from "./order.js";

export const models = signal(null);
export const modelsTrouble = signal(null);

export async function learnModels() {
  try {
    models.value = (await readModels()).models;
    modelsTrouble.value = null;
  } catch (error) {
    if (error instanceof NoAnswer) serverLost();
    modelsTrouble.value = error.message;
  }
}

// Kinds that a film is made with by name; the others are used where they are needed.
const TAKERS = { image: draw, voice: speak, lora: wear };

export function canTake({ name, model_type: kind, model_metadata: about }) {
  const engine = capabilities.value?.engines?.find((one) => one.kind === kind && one.name === name);
  return kind in TAKERS && about.on_worker && !about.unavailable && (!engine?.clones || form.value.voice_sample);
}

// The picture models that a LoRA or a likeness does not go with, of those on the worker.
export function refusedBy({ model_metadata: about }) {
  return models.value.filter(({ name, model_type: kind, model_metadata: other }) => kind === "image" && other.on_worker && !other.built_in && !about.fits.includes(name));
}

// The LoRAs on the worker that an engine does not take, and why.
export function unfitLoras(engine, taken) {
  const loras = (models.value ?? []).filter((model) => model.model_type === "lora" && !taken.includes(model.name));
  return loras.filter(({ model_metadata: about }) => !about.fits.includes(engine)).map((lora) => ({ name: lora.name, why: refusal(lora, engine) }));
}

function refusal(lora, engine) {
  const { family } = lora.model_metadata;
  const other = refusedBy(lora).find(({ name }) => name === engine)?.model_metadata.family;
  return other ? t("models.refused", { name: engine, other, family }) : t("dials.unfit", { name: engine, family });
}

// Deletes its files from this machine; says so, or why not.
export async function remove({ id, name }) {
  try {
    await deleteModel(id);
    announce(t("models.removed", { name }));
    refresh();
  } catch (error) {
    if (error instanceof NoAnswer) serverLost();
    announce(error.message);
  }
  await learnModels();
}

export function take(model) {
  TAKERS[model.model_type](model);
  go("/make");
}

function draw({ name }) {
  change({ engine_image: name });
  announce(t("models.draws", { name }));
}

function speak({ name }) {
  change({ engine_voice: name });
  announce(t("models.speaks", { name }));
}

// Worn by the model that was chosen if that can, else by the first that does.
function wear({ name, model_metadata: { fits } }) {
  const { engine_image: chosen, loras } = form.value;
  const engine = fits.includes(chosen) ? chosen : fits[0];
  const others = engine === chosen ? loras.filter((lora) => lora.name !== name) : [];
  change({ engine_image: engine, loras: [...others, { name, weight: 1 }] });
  announce(t("models.worn", { name, engine }));
}
