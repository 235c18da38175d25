// A sentence in a voice, spoken by the worker that would make the film: the one asked for last.

import { signal } from "../lib/html.js";
import { previewVoice } from "../api/orchestrator.js";

export const MOST = 400;

// { place, busy, spoken, trouble } of whoever asked last, by a name of the place on the page.
const preview = signal({ place: null });
// What is being spoken, as it was asked for.
let coming = null;
// Addresses of blobs, to be given back.
let urls = [];

export function previewAt(place) {
  return preview.value.place === place ? preview.value : {};
}

export function firstSentence(text) {
  const found = text.trim().match(/^.+?[.!?…](?=\s|$)/s)?.[0] ?? text.trim();
  return found.replace(/\s+/g, " ").slice(0, MOST);
}

export async function listen(place, asked) {
  const order = JSON.stringify([place, asked]);
  if (order === coming) return;
  coming = order;
  preview.value = { place, busy: true, spoken: previewAt(place).spoken };
  try {
    const { sound, captions } = await previewVoice(asked);
    if (coming !== order) return;
    coming = null;
    const url = URL.createObjectURL(sound);
    const track = URL.createObjectURL(new Blob([captions], { type: "text/vtt" }));
    preview.value = { place, spoken: { sound, url, track } };
    keep([url, track]);
  } catch (error) {
    if (coming !== order) return;
    coming = null;
    preview.value = { ...preview.value, busy: false, trouble: error.message };
  }
}

// The place is gone; what was spoken there would begin again by itself elsewhere.
export function forget(place) {
  if (preview.value.place !== place) return;
  coming = null;
  preview.value = { place: null };
  keep([]);
}

function keep(those) {
  urls.forEach((url) => URL.revokeObjectURL(url));
  urls = those;
}
