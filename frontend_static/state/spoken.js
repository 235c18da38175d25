// What is said to those who listen to the page: politely, and not more than they can take.

import { signal } from "../lib/html.js";

const PAUSE_MS = 10_000;

export const spoken = signal("");

let next = null;
let last = -Infinity;
let timer = null;

// Of what happens within ten seconds the last is said.
export function say(text) {
  if (!text || text === (next ?? spoken.value)) return;
  next = text;
  timer ??= setTimeout(utter, Math.max(0, last + PAUSE_MS - Date.now()));
}

function utter() {
  timer = null;
  last = Date.now();
  spoken.value = next;
  next = null;
}
