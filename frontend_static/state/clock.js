// Waiting: for a while, for the tab to be looked at, for the network to come back, for news.

import { effect, signal } from "../lib/html.js";

export const now = signal(Date.now());
setInterval(() => { now.value = Date.now(); }, 1000);

export const hidden = signal(document.visibilityState === "hidden");
document.addEventListener("visibilitychange", () => {
  hidden.value = document.visibilityState === "hidden";
});

export const offline = signal(!navigator.onLine);
addEventListener("online", () => { offline.value = false; });
addEventListener("offline", () => { offline.value = true; });

// Ends early when `until` fires on the document or window, or the signal aborts.
export function pause(ms, signal) {
  return new Promise((done) => {
    const over = () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", over);
      removeEventListener("online", over);
      signal?.removeEventListener("abort", over);
      done();
    };
    const timer = setTimeout(over, ms);
    document.addEventListener("visibilitychange", over);
    addEventListener("online", over);
    signal?.addEventListener("abort", over);
  });
}

// Resolves once `met` is true of the signals that it reads, or `stop` aborts.
export function until(met, stop) {
  if (stop?.aborted || met()) return Promise.resolve();
  return new Promise((done) => {
    const over = () => {
      end();
      stop?.removeEventListener("abort", over);
      done();
    };
    const end = effect(() => { if (met()) queueMicrotask(over); });
    stop?.addEventListener("abort", over);
  });
}

// 2, 4, 8 … 60 seconds, each a little different, so that tabs do not ask in step.
export function backOff(failures) {
  const most = Math.min(60_000, 1000 * 2 ** failures);
  return most * (0.75 + Math.random() / 4);
}
