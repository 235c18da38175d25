// The script of the film that is being looked at: its draft, and what can be done with it.
// Nothing is rendered until that is asked for.

import { computed, signal } from "../lib/html.js";
import { NoAnswer, readScript, Refused, renderFilm, retryFilm } from "../api/orchestrator.js";
import { pause } from "./clock.js";
import { serverLost, untilServer } from "./connection.js";
import { ordered, restart } from "./film.js";
import { announce } from "./notices.js";
import { alter, catchUp, discard, draftOf, fail, hear, inTurn, isConflict, nameOf, order, saveAll, sheetOf } from "./sheets.js";

// A film that is just being handed to a worker is asked again, so often and after so long.
const TRIES = 20;
const AGAIN_MS = 300;
// States in which there may be no script yet, and in which none will come any more.
const WRITING = ["starting", "generating_script", "generating_image_prompts"];
const OVER = ["error", "canceled"];

const shown = signal(null);

export const script = computed(() => shown.value?.told.value ?? null);
export const saving = computed(() => shown.value?.saving.value ?? false);
export const rendering = computed(() => shown.value?.rendering.value ?? false);
export const scriptError = computed(() => shown.value?.error.value ?? shown.value?.unread.value ?? null);
// Whether there are changes that the server does not have yet.
export const unsaved = computed(() => (shown.value?.waiting.value.length ?? 0) > 0);
const draft = computed(() => (script.value ? draftOf(shown.value) : { title: "", scenes: [] }));
export const title = computed(() => draft.value.title);
export const lines = computed(() => draft.value.scenes);
export const plan = computed(() => script.value?.render ?? null);

// Which of its picture, voice and clip rendering makes anew.
export function redoOf(number) {
  return plan.value?.scenes.find((one) => one.scene === number)?.redo ?? [];
}

export async function openScript(jobId, state) {
  const sheet = sheetOf(jobId);
  shown.value = sheet;
  if (state && !WRITING.includes(state)) await read(sheet, OVER.includes(state));
}

// Changes of the shown film resolve to whether they are saved. `make` gets the scenes and
// where the scene of that name is among them, and returns the scenes as they shall be.
export function edit(name, make) {
  return alter(shown.value, (before) => {
    const at = before.scenes.findIndex((scene) => nameOf(scene) === name);
    return at < 0 ? before : { ...before, scenes: make(before.scenes, at) };
  });
}

export function change(name, values) {
  return edit(name, (scenes, at) => scenes.map((scene, n) => (n === at ? { ...scene, ...values } : scene)));
}

export function rename(text) {
  return alter(shown.value, (before) => ({ ...before, title: text }));
}

export async function changeAndRender(name, values) {
  const sheet = shown.value;
  const saved = !Object.keys(values).length || await change(name, values);
  return saved && renderSheet(sheet);
}

// In the place of whatever was changed since and could not be saved.
export function restore(version) {
  const sheet = shown.value;
  return inTurn(sheet, async () => {
    const these = sheet.waiting.value;
    if (await order(sheet, { restore: version })) discard(sheet, these);
  });
}

// Gives up what could not be saved.
export const giveUp = () => discard(shown.value);

export const render = () => renderSheet(shown.value);

// The film is made without the scene of that id; what of it is being made stops.
export const leaveOut = (id) => orderAndRender({ leave_out: id });
export const takeBack = (id) => orderAndRender({ take_back: id });

// Goes on with the film; with a scene in `request`, draws the picture of that again. Before,
// what waits is saved; the script may have another version then.
export function retry(jobId, request) {
  const sheet = sheetOf(jobId);
  return inTurn(sheet, async () => {
    if (sheet.waiting.value.length && !(await saveAll(sheet))) throw new Error(sheet.error.value);
    try {
      await ordered(jobId, () => retryFilm(jobId, request));
    } finally {
      await learn(sheet, jobId); // also when only its answer was lost
    }
  });
}

async function learn(sheet, jobId) {
  try {
    hear(sheet, await readScript(jobId));
  } catch (error) {
    if (error instanceof NoAnswer) readLater(sheet);
    else if (!(error instanceof Refused)) throw error; // there is no script, and nothing to learn
  }
}

export function complain(jobId, error) {
  fail(sheetOf(jobId), error);
}

// An old complaint goes; one about changes that are not saved yet stays.
export function forgive() {
  if (!unsaved.value) shown.value.error.value = null;
}

async function read(sheet, isOver = true) {
  try {
    const told = await readScript(sheet.jobId);
    // Another's version is not put under changes that wait: saving them finds it.
    if (!sheet.waiting.value.length) hear(sheet, told);
    sheet.unread.value = null;
  } catch (error) {
    // The last of it is still being written; the film's own news bring us here again.
    if (error instanceof Refused && error.code === "not_ready" && !isOver) return;
    sheet.unread.value = error.message;
    if (error instanceof NoAnswer) readLater(sheet);
  }
}

async function readLater(sheet) {
  serverLost();
  await pause(1000);
  await untilServer();
  if (sheet === shown.value) await read(sheet);
}

async function orderAndRender(body) {
  const sheet = shown.value;
  const done = await inTurn(sheet, async () => await saveAll(sheet) && order(sheet, body));
  if (!done) return false;
  return sheet.told.value.render.nothing_to_do || renderSheet(sheet);
}

async function renderSheet(sheet) {
  if (sheet.rendering.value) return false;
  sheet.rendering.value = true;
  try {
    return await inTurn(sheet, async () => await saveAll(sheet) && renderWhenFree(sheet));
  } finally {
    sheet.rendering.value = false;
  }
}

async function renderWhenFree(sheet) {
  for (let tries = 1; ; tries += 1) {
    try {
      const reply = await renderFilm(sheet.jobId, { version: sheet.told.value.version });
      sheet.error.value = null;
      announce(reply.message);
      restart(sheet.jobId);
      return true;
    } catch (error) {
      if (isConflict(error) && !(await catchUp(sheet, error))) return false;
      const isBusy = isConflict(error) || (error instanceof Refused && error.code === "not_ready");
      if (tries === TRIES || !isBusy) {
        fail(sheet, error);
        if (error instanceof NoAnswer) restart(sheet.jobId); // it may have been taken
        return false;
      }
      await pause(AGAIN_MS);
    }
  }
}
