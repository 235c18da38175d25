// What happened to the film while this page was open, in sentences; and notices about it.

import { signal } from "../lib/html.js";
import { route } from "../lib/router.js";
import { t } from "../lib/strings.js";
import { notify } from "./settings.js";
import { announce } from "./notices.js";

const MOST = 200;

export const log = signal([]);

export function note(text) {
  log.value = [...log.value, { at: new Date().toISOString(), text }].slice(-MOST);
}

// Called with the film as it was and as it is now.
export function noteChanges(before, now) {
  if (before?.job_id !== now.job_id) log.value = [];
  if (before?.message !== now.message || before?.job_id !== now.job_id) note(now.message);
  if (before?.job_id !== now.job_id) return;
  noteWorker(before.worker, now.worker);
  if (!before.terminal && now.terminal) tellTheEnd(now);
}

function noteWorker(before, now) {
  if (!before || !now) return;
  if (before.reachable && !now.reachable) note(t("log.workerLost"));
  if (!before.boot_id || !now.boot_id || before.boot_id === now.boot_id) return;
  const key = before.kind === now.kind && (now.kind === "local" || before.url === now.url)
    ? "log.workerRestarted" : "log.workerChanged";
  announce(t(key));
  note(t(key));
}

function tellTheEnd(film) {
  const away = notify.value && document.visibilityState !== "visible";
  const unheard = away && !notified(film);
  if (unheard || route.value.id !== film.job_id) announce(`${film.title}: ${film.message}`);
}

// Whether the system says it; Chromium on phones lets no page notify by itself.
function notified(film) {
  try {
    const notice = new Notification(film.title, { body: film.message, tag: film.job_id });
    notice.onclick = () => window.focus();
    return true;
  } catch {
    return false;
  }
}
