// The film that is being looked at: followed on this machine, and on the worker itself
// while that can be reached. Both speak through held requests; whoever falls silent is
// replaced by the other, and what was last known stays.

import { computed, effect, signal } from "../lib/html.js";
import { askStatus } from "../api/worker.js";
import { NoAnswer, readFilm, readWorker, Refused } from "../api/orchestrator.js";
import { hidden, pause, until } from "./clock.js";
import { serverDown, serverLost, untilServer } from "./connection.js";
import { noteChanges } from "./film_log.js";

const HOLD_S = 25;
const HIDDEN_MS = 30_000;
// A worker that did not answer is left alone this long.
const AVOID_MS = 15_000;

export const film = signal(null);
// The worker's own view while we ask it directly, else null.
export const direct = signal(null);
export const missing = signal(null);
// How the worker is asked while it is.
export const asked = signal(null);
// Through a tunnel whose bytes are counted, clips stay where they are made.
export const sparing = signal(false);

let controller = null;
let watched = null;

export const source = computed(() => {
  if (!film.value || film.value.terminal) return "done";
  return direct.value ? "direct" : "copy";
});

// The newest view of the worker's work.
export const render = computed(() => direct.value ?? film.value?.render ?? null);

export function watchFilm(jobId) {
  if (watched === jobId) return;
  stopWatching();
  watched = jobId;
  restart(jobId);
}

function stopWatching() {
  controller?.abort();
  watched = null;
  film.value = direct.value = missing.value = null;
}

// Looks at the film anew, if it is the one that is watched.
export function restart(jobId) {
  if (jobId !== watched) return;
  controller?.abort();
  const mine = new AbortController();
  controller = mine;
  direct.value = null;
  // With the film's end its worker, too, is left alone.
  followHere(jobId, mine.signal).finally(() => mine.abort());
  followThere(jobId, mine.signal).finally(() => { if (controller === mine) direct.value = null; });
}

// An order that makes the film go on. It may have been taken though its answer was lost:
// the film is looked at anew in any case.
export async function ordered(jobId, order) {
  try {
    return await order();
  } finally {
    restart(jobId);
  }
}

async function followHere(jobId, stop) {
  let version = 0;
  while (!stop.aborted) {
    try {
      const view = await readFilm(jobId, version, version && !hidden.value ? HOLD_S : 0, stop);
      if (stop.aborted) return;
      if (view) {
        noteChanges(film.value, view);
        film.value = view;
        version = view.version;
      }
      if (film.value.terminal) return;
      if (hidden.value) await pause(HIDDEN_MS, stop);
    } catch (error) {
      if (stop.aborted) return;
      if (error instanceof Refused && error.status === 404) {
        missing.value = error.message;
        return;
      }
      if (error instanceof NoAnswer) serverLost();
      await pause(1000, stop);
      await untilServer(stop);
    }
  }
}

async function followThere(jobId, stop) {
  while (!stop.aborted) {
    await until(() => film.value?.job_id === jobId && film.value.state === "sent_to_colab", stop);
    if (!stop.aborted) await talkToWorker(jobId, stop);
  }
}

// Returns when the worker is to be asked for again.
async function talkToWorker(jobId, stop) {
  const access = await readAccess(jobId);
  if (stop.aborted) return undefined;
  if (!access?.worker || !access.read_token) return pause(AVOID_MS, stop);
  let version = 0;
  const begun = performance.now();
  const { attempt } = film.value;
  sparing.value = Boolean(access.pace);
  while (!stop.aborted && (film.value.state === "sent_to_colab" || serverDown.value)) {
    const watchedS = (performance.now() - begun) / 1000;
    const view = await askStatus(access, jobId, version, watchedS, stop).catch(() => null);
    if (stop.aborted) return undefined;
    if (view === null) {
      direct.value = null;
      return pause(AVOID_MS, stop);
    }
    if (view.terminal) return tellOfTheEnd(view, access, attempt, stop);
    if (view !== "same") {
      asked.value = access;
      direct.value = view;
      version = view.version;
    }
    if (hidden.value) await pause(HIDDEN_MS, stop);
  }
  direct.value = null;
  return undefined;
}

// What is left of the film is done on this machine, which tells of it itself. Only while
// it does not answer, the worker's last word is all that there is.
async function tellOfTheEnd(view, access, attempt, stop) {
  asked.value = access;
  const end = effect(() => { direct.value = serverDown.value ? view : null; });
  await until(() => film.value.state !== "sent_to_colab" || film.value.attempt !== attempt, stop);
  end();
  if (!stop.aborted) direct.value = null;
}

async function readAccess(jobId) {
  try {
    return await readWorker(jobId);
  } catch (error) {
    if (error instanceof NoAnswer) serverLost();
    return null;
  }
}
