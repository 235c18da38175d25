// Short messages at the edge of the page, some with a way back.

import { signal } from "../lib/html.js";
import { say } from "./spoken.js";

const SHOWN_MS = 8000;
let last = 0;

export const notices = signal([]);

// `undo` is { label, run }; `ms` is how long there is to think about it.
export function announce(text, { undo = null, ms = SHOWN_MS } = {}) {
  const id = ++last;
  notices.value = [...notices.value, { id, text, undo }];
  setTimeout(() => dismiss(id), ms);
  say(text);
  return id;
}

export function dismiss(id) {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}
