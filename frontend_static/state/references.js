// Reference pictures: sent once, named by their hash; a small copy is kept to be seen here.

import { effect, signal } from "../lib/html.js";
import { recall, remember } from "../lib/storage.js";
import { sendReference } from "../api/orchestrator.js";
import { capabilities } from "./connection.js";
import { engineFor } from "./dials.js";

const SIDE = 96;

// By hash; a hash without one was sent from another browser.
export const thumbnails = signal(recall("references", {}));
effect(() => remember("references", thumbnails.value));

export async function takeReference(file) {
  const { sha256 } = await sendReference(file);
  thumbnails.value = { ...thumbnails.value, [sha256]: await small(file) };
  return sha256;
}

// What of a reference the engine that will draw can keep; with `auto` the worker takes
// one that can.
export function likenesses(values) {
  if (values.engine_image !== "auto") return engineFor("image", values.engine_image)?.likenesses ?? [];
  const able = (capabilities.value?.engines ?? []).filter((engine) => engine.kind === "image" && !engine.unavailable);
  return [...new Set(able.flatMap((engine) => engine.likenesses ?? []))];
}

async function small(file) {
  const picture = await createImageBitmap(file);
  const scale = SIDE / Math.max(picture.width, picture.height);
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [picture.width, picture.height].map((side) => Math.max(1, Math.round(side * scale)));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/webp", 0.7);
}
