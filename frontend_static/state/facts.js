// Whether the writer can look facts up first: only Gemini can, and only for stories of fact.

import { signal } from "../lib/html.js";
import { readStoryTypes, Trouble } from "../api/orchestrator.js";
import { health } from "./connection.js";

const factual = signal(null);
let asked = false;

export async function learnFacts() {
  if (asked) return;
  asked = true;
  try {
    const { story_types: types } = await readStoryTypes();
    factual.value = new Set(Object.keys(types).filter((name) => types[name].fact_based));
  } catch (error) {
    asked = false;
    if (!(error instanceof Trouble)) throw error;
  }
}

export function canLookUp(values) {
  return health.value?.script_engine === "gemini" && Boolean(factual.value?.has(values.story_type));
}
