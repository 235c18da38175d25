// A sentence in a voice, spoken by the worker that would make the film: the one asked for last.

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
  const { place: there, busy, spoken: before } = preview.value;
  if (busy && there === place) return;
  const mine = { place, busy: true, spoken: there === place ? before : null };
  preview.value = mine;
  try {
    const { sound, captions } = await previewVoice(asked);
    if (preview.value !== mine) return;
    const track = URL.createObjectURL(new Blob([captions], { type: "text/vtt" }));
    preview.value = { place, spoken: { sound, url: URL.createObjectURL(sound), track } };
    for (const url of [before?.url, before?.track].filter(Boolean)) URL.revokeObjectURL(url);
  } catch (error) {
    if (preview.value === mine) preview.value = { ...mine, busy: false, trouble: error.message };
  }
}
