// Whom the film shows again: their reference pictures, and the scenes that keep to them.

import { computed } from "../lib/html.js";
import { scenes } from "./scenes.js";
import { lines } from "./script.js";

// { name, pictures: hashes, scenes: [{ scene, score }] }; the worst likeness first where
// the engine measured any, else in order. Pictures without a name are one character.
export const cast = computed(() => {
  const found = new Map();
  lines.value.forEach(({ references = [] }, at) => {
    const scene = scenes.value.find((one) => one.number === at + 1);
    for (const { name } of references) {
      const key = name ?? "";
      if (!found.has(key)) found.set(key, { name: key, pictures: new Set(), scenes: [] });
    }
    for (const person of found.values()) {
      const mine = references.filter(({ name }) => (name ?? "") === person.name);
      mine.forEach(({ sha256 }) => person.pictures.add(sha256));
      if (mine.length && scene) person.scenes.push({ scene, score: scoreOf(scene, person.name) });
    }
  });
  return [...found.values()].map((person) => ({ ...person, pictures: [...person.pictures], scenes: person.scenes.sort(worstFirst) }));
});

// How well the drawn picture meets the reference, 0-1; null where nobody measured it.
export function scoreOf({ units }, name) {
  return units.image?.result?.facts?.likeness_scores?.[name] ?? null;
}

function worstFirst(a, b) {
  if (a.score === null || b.score === null) return (a.score === null) - (b.score === null) || a.scene.number - b.scene.number;
  return a.score - b.score;
}
