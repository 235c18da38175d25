// The script of the film that is being looked at. Each change is saved at once as a new
// version; what could not be saved stays, and is sent again with the next change or before
// rendering. Nothing is rendered until that is asked for.

import { batch, computed, signal } from "../lib/html.js";
import { t } from "../lib/strings.js";
import { NoAnswer, readScript, Refused, renderFilm, saveScript } from "../api/orchestrator.js";
import { pause } from "./clock.js";
import { serverLost, untilServer } from "./connection.js";
import { restart } from "./film.js";
import { announce } from "./notices.js";

const CONFLICT = 409;
// A film that is just being handed to a worker is asked again, so often and after so long.
const TRIES = 20;
const AGAIN_MS = 300;
// States in which there may be no script yet.
const WRITING = ["starting", "generating_script", "generating_image_prompts"];
// What a lost answer is known by: a saved scene has them as they were sent.
const SAID = ["narration", "image_prompt", "negative_prompt", "voice", "seed", "locked"];

// By film: the server's newest ScriptView, the changes that it does not have yet, each from
// { title, scenes } to another, what was sent of them without an answer, and the end of
// what is being saved.
const sheets = new Map();
const shown = signal(null);

export const script = computed(() => shown.value?.told.value ?? null);
export const saving = computed(() => shown.value?.saving.value ?? false);
export const scriptError = computed(() => shown.value?.error.value ?? null);
const draft = computed(() => (script.value ? draftOf(shown.value) : { title: "", scenes: [] }));
export const title = computed(() => draft.value.title);
export const lines = computed(() => draft.value.scenes);
export const plan = computed(() => script.value?.render ?? null);

// Which of its picture, voice and clip rendering makes anew.
export function redoOf(number) {
  return plan.value?.scenes.find((one) => one.scene === number)?.redo ?? [];
}

export async function openScript(jobId, state) {
  shown.value = sheetOf(jobId);
  if (state && !WRITING.includes(state)) await refreshScript(jobId);
}

export async function refreshScript(jobId) {
  const sheet = sheetOf(jobId);
  try {
    const told = await readScript(jobId);
    // Another's version is not put under changes that wait: saving them finds it.
    if (!sheet.waiting.value.length) hear(sheet, told);
    if (sheet.unread) sheet.error.value = null;
    sheet.unread = false;
  } catch (error) {
    // 409: the last of it is still being written; the film's own news bring us here again.
    if (error instanceof Refused && error.status === CONFLICT) return;
    sheet.unread = true;
    sheet.error.value = error.message;
    if (error instanceof NoAnswer) await readLater(sheet);
  }
}

// `make` gets the scenes and returns them as they shall be. Resolves to whether all is saved.
export function edit(make) {
  return alter(({ scenes, ...rest }) => ({ ...rest, scenes: make(scenes) }));
}

export function rename(title) {
  return alter((before) => ({ ...before, title }));
}

export function change(at, values) {
  return edit((scenes) => scenes.map((scene, n) => (n === at ? { ...scene, ...values } : scene)));
}

export async function changeAndRender(at, values) {
  const sheet = shown.value;
  return (await change(at, values)) && renderSheet(sheet);
}

export function restore(version) {
  const sheet = shown.value;
  return inTurn(sheet, () => put(sheet, { restore: version }));
}

export const render = () => renderSheet(shown.value);

// The film is made without the scene of that id; what of it is being made stops.
export const leaveOut = (id) => putAndRender({ leave_out: id });
export const takeBack = (id) => putAndRender({ take_back: id });

// What went wrong with the film whose script is shown.
export function complain(message) {
  shown.value.error.value = message;
}

// An old complaint goes; one about changes that are not saved yet stays.
export function forgive() {
  if (!shown.value.waiting.value.length) shown.value.error.value = null;
}

function sheetOf(jobId) {
  if (!sheets.has(jobId)) {
    sheets.set(jobId, {
      jobId, told: signal(null), waiting: signal([]), saving: signal(false), error: signal(null),
      unread: false, lost: [], queue: Promise.resolve(true),
    });
  }
  return sheets.get(jobId);
}

function draftOf({ told, waiting }) {
  const { title: name, scenes } = told.value.script;
  return waiting.value.reduce((before, make) => make(before), { title: name, scenes });
}

async function readLater(sheet) {
  serverLost();
  await pause(1000);
  await untilServer();
  if (sheet === shown.value) await refreshScript(sheet.jobId);
}

function hear(sheet, told) {
  if (told.version >= (sheet.told.value?.version ?? 0)) sheet.told.value = told;
}

function alter(make) {
  const sheet = shown.value;
  sheet.waiting.value = [...sheet.waiting.value, make];
  return save(sheet);
}

const save = (sheet) => inTurn(sheet, () => saveAll(sheet));

// What is saved of a film is saved one after another.
function inTurn(sheet, task) {
  sheet.queue = sheet.queue.then(task);
  return sheet.queue;
}

// All that waits, unless a turn before has saved it.
async function saveAll(sheet) {
  const these = sheet.waiting.value;
  const { title: name, scenes } = sheet.told.value.script;
  const now = draftOf(sheet);
  const body = { ...(now.title !== name && { title: now.title }), ...(now.scenes !== scenes && { scenes: now.scenes }) };
  if (Object.keys(body).length) return put(sheet, body, these);
  settle(sheet, sheet.told.value, these);
  return true;
}

async function put(sheet, body, these = []) {
  batch(() => {
    sheet.saving.value = true;
    sheet.error.value = null;
  });
  try {
    settle(sheet, await saveScript(sheet.jobId, { version: sheet.told.value.version, ...body }), these);
    return true;
  } catch (error) {
    if (isConflict(error)) return await takeTheirs(sheet, error.message);
    if (error instanceof NoAnswer) sheet.lost.push({ body, these });
    fail(sheet, error.message);
    return false;
  } finally {
    sheet.saving.value = false;
  }
}

function settle(sheet, told, these) {
  batch(() => {
    hear(sheet, told);
    sheet.lost = [];
    sheet.waiting.value = sheet.waiting.value.filter((make) => !these.includes(make));
  });
}

// Somebody else saved meanwhile: their version is shown, ours is not forced over it. It may
// have been we ourselves, and the answer was lost.
async function takeTheirs(sheet, why) {
  try {
    const theirs = await readScript(sheet.jobId);
    const ours = sheet.lost.findLast(({ body }) => holds(theirs.script, body));
    settle(sheet, theirs, ours ? ours.these : sheet.waiting.value);
    if (ours) return await saveAll(sheet);
    fail(sheet, why);
    announce(t("script.conflict"));
  } catch (error) {
    fail(sheet, error.message); // the next change tries again
  }
  return false;
}

function holds({ title: name, scenes }, body) {
  if (!body.title && !body.scenes) return false;
  const alike = (one, other) => SAID.every((field) => (one[field] || null) === (other[field] || null));
  const same = !body.scenes || (body.scenes.length === scenes.length && body.scenes.every((scene, n) => alike(scene, scenes[n])));
  return same && (body.title ?? name) === name;
}

async function renderSheet(sheet) {
  sheet.error.value = null;
  if (!(await save(sheet))) return false;
  try {
    const reply = await renderWhenFree(sheet);
    announce(reply.message);
    restart(sheet.jobId);
    return true;
  } catch (error) {
    if (isConflict(error)) await takeTheirs(sheet, error.message);
    else fail(sheet, error.message);
    return false;
  }
}

async function renderWhenFree({ jobId, told }) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await renderFilm(jobId, { version: told.value.version });
    } catch (error) {
      if (tries === TRIES || !(error instanceof Refused && error.code === "not_ready")) throw error;
      await pause(AGAIN_MS);
    }
  }
}

async function putAndRender(order) {
  const sheet = shown.value;
  if (!(await inTurn(sheet, () => put(sheet, order)))) return false;
  return sheet.told.value.render.nothing_to_do || renderSheet(sheet);
}

// Of a film that is not shown any more it is said aloud.
function fail(sheet, message) {
  sheet.error.value = message;
  if (sheet !== shown.value) announce(message);
}

const isConflict = (error) => error instanceof Refused && error.code === "conflict" && error.param === "version";
