// A sentence in a voice, spoken by the worker that would make the film; one at a time.

import { signal } from "../lib/html.js";
import { previewVoice } from "../api/orchestrator.js";

export const MOST = 400;

// { place, busy, spoken, trouble } of whoever asked last, by a name of the place on the page.
const preview = signal({ place: null });

export function previewAt(place) {
  return preview.value.place === place ? preview.value : {};
}

export function firstSentence(text) {
  const found = text.trim().match(/^.+?[.!?…](?=\s|$)/s)?.[0] ?? text.trim();
  return found.replace(/\s+/g, " ").slice(0, MOST);
}

export async function listen(place, asked) {
  if (preview.value.busy) return;
  const { spoken: before } = preview.value;
  preview.value = { place, busy: true, spoken: preview.value.place === place ? before : null };
  try {
    const { sound, captions } = await previewVoice(asked);
    for (const url of [before?.url, before?.track].filter(Boolean)) URL.revokeObjectURL(url);
    const track = URL.createObjectURL(new Blob([captions], { type: "text/vtt" }));
    preview.value = { place, spoken: { sound, url: URL.createObjectURL(sound), track } };
  } catch (error) {
    preview.value = { ...preview.value, busy: false, trouble: error.message };
  }
}
