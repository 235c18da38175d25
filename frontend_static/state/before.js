// The picture that a scene had before the present one, to look at both.

import { effect, signal } from "../lib/html.js";
import { recall, remember } from "../lib/storage.js";
import { film } from "./film.js";

const FILMS = 20;

// By film and scene: the hashes of the present picture and of the one before.
const seen = signal(recall("pictures", {}));
effect(() => remember("pictures", seen.value));

effect(() => {
  const { job_id: id, artifacts = [] } = film.value ?? {};
  const pictures = artifacts.filter(({ name }) => name.endsWith("-picture.png"));
  if (!pictures.length) return;
  const known = seen.peek()[id] ?? {};
  const fresh = Object.fromEntries(pictures.map(({ scene, sha256 }) => [scene, turned(known[scene], sha256)]));
  if (JSON.stringify(fresh) === JSON.stringify(known)) return;
  const others = Object.entries(seen.peek()).filter(([other]) => other !== id).slice(1 - FILMS);
  seen.value = { ...Object.fromEntries(others), [id]: fresh };
});

function turned(known, now) {
  if (known?.now === now) return known;
  return { now, before: known?.now ?? null };
}

// The hash of the picture before; null when there was none, or nobody saw it here.
export function beforeOf(number) {
  return seen.value[film.value.job_id]?.[number]?.before ?? null;
}
