// A film's order back into the form: with its seed, or as a remix with another one.

import { t } from "../lib/strings.js";
import { readProject } from "../api/orchestrator.js";
import { announce } from "./notices.js";
import { apply, settingsOf } from "./restore.js";

export async function reuse(film, how) {
  try {
    const settings = settingsOf(await readProject(film.job_id));
    apply(how === "remix" ? { ...settings, seed: anySeed() } : settings, t(`reuse.${how}`, { title: film.title }));
  } catch (error) {
    announce(error.message);
  }
}

// Without a seed the same words give the same pictures; a remix wants others.
function anySeed() {
  return crypto.getRandomValues(new Uint32Array(1))[0];
}
