// Every text of the page by its key, in the language that was chosen.

import { signal } from "./html.js";
import { recall, remember } from "./storage.js";
import english from "../strings/en.js";

export const LANGUAGES = { en: "English", de: "Deutsch" };

export const language = signal("en");
const texts = signal(english);

// "{name}" in a text is replaced by the value of that name.
export function t(key, values = {}) {
  const text = texts.value[key] ?? english[key];
  if (text === undefined) throw new Error(`There is no text for ${key}.`);
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

// A word of a vocabulary; ids that have no text yet are shown as they are.
export function word(vocabulary, id) {
  const key = `${vocabulary}.${id}`;
  return texts.value[key] ?? english[key] ?? id.replaceAll("_", " ");
}

export async function speak(code) {
  const chosen = code in LANGUAGES ? code : "en";
  texts.value = chosen === "en" ? english : (await import(`../strings/${chosen}.js`)).default;
  language.value = chosen;
  document.documentElement.lang = chosen;
  remember("language", chosen);
}

export function startLanguage() {
  const wanted = recall("language", navigator.language.slice(0, 2));
  return speak(wanted);
}
