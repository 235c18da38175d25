// Whether a scene's picture can be drawn again from itself, and how much of it may stay.

import { t } from "../lib/strings.js";
import { capabilities } from "./connection.js";

// From hardly otherwise to a new picture, of which nothing is kept.
const KEEPS = [0.85, 0.6, 0.4, 0.2, 0];

// As a sentence; null when it can be.
export function whyNot({ units }) {
  const name = units.image?.engine;
  const engines = capabilities.value?.engines;
  if (!engines || !name) return t("redo.unknown");
  const engine = engines.find((one) => one.kind === "image" && one.name === name);
  if (!engine) return t("redo.elsewhere", { name });
  return engine.redraws ? null : t("redo.unable", { name });
}

// By step of the slider. Of a model that draws in few steps one at least must be new.
export function keepsOf({ units }) {
  const { steps } = units.image?.result?.facts ?? {};
  const most = steps ? Math.floor(100 * (1 - 1 / steps)) / 100 : 1;
  return KEEPS.map((keep) => Math.min(keep, most));
}
