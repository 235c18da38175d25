// What this browser's user prefers: theme, notices, and what downloads say of themselves.

import { effect, signal } from "../lib/html.js";
import { recall, remember } from "../lib/storage.js";

export const theme = signal(recall("theme", "auto"));
export const notify = signal(recall("notify", false));
// Whether films and pictures are downloaded without what they say of themselves.
export const strip = signal(recall("strip", false));
// Whether pictures are watched while they are drawn; null: where that costs nothing.
export const live = signal(recall("live", null));

effect(() => {
  remember("theme", theme.value);
  if (theme.value === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme.value;
});

// Through a tunnel whose requests are counted nobody watches unless it was asked for.
export const watches = (metered) => live.value ?? !metered;

effect(() => remember("notify", notify.value));
effect(() => remember("strip", strip.value));
effect(() => remember("live", live.value));

// Notices need permission, and browsers give none to pages over plain http elsewhere.
export async function wantNotices(wanted) {
  if (wanted && !("Notification" in window)) return false;
  if (wanted && (await Notification.requestPermission()) !== "granted") return false;
  notify.value = wanted;
  return true;
}
