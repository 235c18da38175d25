// A film's order back into the form: all of it, all but the seed, or the seed alone.

import { anySeed } from "../lib/chance.js";
import { t } from "../lib/strings.js";
import { readProject } from "../api/orchestrator.js";
import { announce } from "./notices.js";
import { form } from "./order.js";
import { apply, fill, settingsOf } from "./restore.js";

export async function reuse(film, how) {
  try {
    const settings = settingsOf(await readProject(film.job_id));
    if (how === "seed") return fill({ ...form.value, seed: settings.seed ?? "" }, t("reuse.seed", { title: film.title }));
    // Without a seed the same words give the same pictures; a remix wants others.
    apply(how === "remix" ? { ...settings, seed: anySeed() } : settings, t(`reuse.${how}`, { title: film.title }));
  } catch (error) {
    announce(error.message);
  }
  return undefined;
}
