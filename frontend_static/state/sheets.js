// Scripts as they are edited, one sheet for each film. Changes wait on it, each a function
// from { title, scenes } to another, until the server has them: they are saved at once, one
// after another, and what could not be saved is sent again.

import { batch, signal } from "../lib/html.js";
import { route } from "../lib/router.js";
import { t } from "../lib/strings.js";
import { NoAnswer, readScript, Refused, saveScript } from "../api/orchestrator.js";
import { backOff, pause } from "./clock.js";
import { serverLost, untilServer } from "./connection.js";
import { announce } from "./notices.js";

// A saved scene has these as they were sent: so it is known that an answer was lost.
const SAID = ["narration", "image_prompt", "negative_prompt", "voice", "seed", "locked"];

const sheets = new Map();

export function sheetOf(jobId) {
  if (!sheets.has(jobId)) sheets.set(jobId, newSheet(jobId));
  return sheets.get(jobId);
}

function newSheet(jobId) {
  return {
    jobId,
    // The server's newest ScriptView.
    told: signal(null),
    waiting: signal([]),
    saving: signal(false),
    rendering: signal(false),
    // What went wrong with a change or an order, and with reading.
    error: signal(null),
    unread: signal(null),
    // What was sent without an answer, as { version, body, these }.
    lost: [],
    // Names of scenes that were made here, by the ids that they got.
    names: new Map(),
    // Whether the last try found nobody, and whether it is tried again by itself.
    away: false,
    retrying: false,
    queue: Promise.resolve(true),
  };
}

addEventListener("beforeunload", (event) => {
  if ([...sheets.values()].some((sheet) => sheet.waiting.value.length)) event.preventDefault();
});

// By what a scene is known while the script changes around it; a new one has no id yet.
export const nameOf = (scene) => scene.name ?? scene.id;

export function draftOf({ told, waiting }, changes = waiting.value) {
  const { title, scenes } = told.value.script;
  return changes.reduce((before, make) => make(before), { title, scenes });
}

// The change is seen at once. Resolves to whether it is saved.
export async function alter(sheet, make) {
  sheet.waiting.value = [...sheet.waiting.value, make];
  await inTurn(sheet, () => saveAll(sheet));
  return !sheet.waiting.value.includes(make) && !discarded.has(make);
}

// Changes that were given up.
const discarded = new WeakSet();

export function discard(sheet, these = sheet.waiting.value) {
  these.forEach((make) => discarded.add(make));
  forgo(sheet, these);
}

// What is done with a film's script is done one after another. Resolves to what `task` does.
export function inTurn(sheet, task) {
  sheet.queue = sheet.queue.then(task, task);
  return sheet.queue;
}

// All that waits, unless a turn before has saved it; resolves to whether nothing waits any
// more. What cannot be, as a scene that is too long, waits on, and the rest goes without it.
export async function saveAll(sheet) {
  const these = sheet.waiting.value;
  const failure = await send(sheet, these);
  if (!isRefusal(failure) || these.length === 1) return !failure;
  let refusal = null;
  for (const make of these) {
    const why = await send(sheet, [make]);
    if (why && !isRefusal(why)) return false;
    refusal = why ?? refusal;
  }
  if (refusal) fail(sheet, refusal);
  return !refusal;
}

// Resolves to why not, or null.
async function send(sheet, these) {
  const { title, scenes } = sheet.told.value.script;
  const now = draftOf(sheet, these.filter((make) => sheet.waiting.value.includes(make)));
  const body = { ...(now.title !== title && { title: now.title }), ...(now.scenes !== scenes && { scenes: now.scenes }) };
  if (!Object.keys(body).length) {
    forgo(sheet, these);
    return null;
  }
  const failure = await put(sheet, body, these);
  return failure === AGAIN ? send(sheet, these) : failure;
}

// Resolves to whether the order was carried out.
export async function order(sheet, body) {
  const failure = await put(sheet, body, []);
  return failure === AGAIN ? order(sheet, body) : !failure;
}

// It was refused because of what we ourselves had sent before: now it builds on that.
const AGAIN = "again";

// Resolves to why not, or null; AGAIN when it can be sent once more.
async function put(sheet, body, these) {
  const { version } = sheet.told.value;
  sheet.saving.value = true;
  try {
    settle(sheet, await saveScript(sheet.jobId, { version, ...sendable(body) }), these, body.scenes);
    return null;
  } catch (error) {
    if (isConflict(error)) return await catchUp(sheet, error) ? AGAIN : error;
    if (error instanceof NoAnswer && sheet.lost.at(-1)?.these !== these) sheet.lost.push({ version, body, these });
    fail(sheet, error);
    return error;
  } finally {
    sheet.saving.value = false;
  }
}

function sendable({ scenes, ...rest }) {
  return scenes ? { ...rest, scenes: scenes.map(({ name, ...scene }) => scene) } : rest;
}

// The server has `these` now; `sent` were the scenes.
function settle(sheet, told, these, sent = []) {
  batch(() => {
    sent.forEach(({ name }, n) => { if (name) sheet.names.set(told.script.scenes[n]?.id, name); });
    hear(sheet, told);
    sheet.lost = [];
    forgo(sheet, these);
  });
}

function forgo(sheet, these) {
  batch(() => {
    sheet.away = false;
    sheet.error.value = null;
    sheet.waiting.value = sheet.waiting.value.filter((make) => !these.includes(make));
  });
}

export function hear(sheet, told) {
  if (told.version < (sheet.told.value?.version ?? 0)) return;
  const { names } = sheet;
  const scenes = told.script.scenes.map((scene) => (names.has(scene.id) ? { ...scene, name: names.get(scene.id) } : scene));
  sheet.told.value = { ...told, script: { ...told.script, scenes } };
}

// Somebody else saved meanwhile: their version is shown, ours is not forced over it. Or we
// ourselves did, and the answer was lost: then it resolves to true.
export async function catchUp(sheet, why) {
  try {
    const theirs = await readScript(sheet.jobId);
    const ours = sheet.lost.findLast((sent) => holds(theirs, sent));
    if (!ours) {
      discard(sheet);
      settle(sheet, theirs, []);
      fail(sheet, why);
      announce(t("script.conflict"));
      return false;
    }
    settle(sheet, theirs, ours.these, ours.body.scenes);
    return true;
  } catch (error) {
    fail(sheet, error);
    return false;
  }
}

function holds({ script: { title, scenes }, left_out: out, version }, { version: before, body }) {
  if (body.restore) return version === before + 1;
  if (body.leave_out) return out.some((scene) => scene.id === body.leave_out);
  if (body.take_back) return scenes.some((scene) => scene.id === body.take_back);
  const alike = (one, other) => SAID.every((field) => (one[field] || null) === (other[field] || null));
  const same = !body.scenes || (body.scenes.length === scenes.length && body.scenes.every((scene, n) => alike(scene, scenes[n])));
  return same && (body.title ?? title) === title;
}

const isRefusal = (error) => error instanceof Refused && !isConflict(error);
export const isConflict = (error) => error instanceof Refused && error.code === "conflict" && error.param === "version";

// Where it is not seen it is said, with the film's name: once, however often it is tried.
export function fail(sheet, error) {
  const isNew = sheet.error.value !== error.message;
  sheet.error.value = error.message;
  sheet.away = error instanceof NoAnswer;
  if (isNew && !isLookedAt(sheet)) announce([sheet.told.value?.script.title, error.message].filter(Boolean).join(": "));
  if (sheet.away) retryLater(sheet);
}

function isLookedAt({ jobId }) {
  const { view, id, scene } = route.value;
  return id === jobId && (view === "script" || Boolean(scene));
}

// What waits is sent again as soon as the server is there.
async function retryLater(sheet) {
  serverLost();
  if (sheet.retrying) return;
  sheet.retrying = true;
  for (let tries = 1; sheet.away && sheet.waiting.value.length; tries += 1) {
    await pause(backOff(tries));
    await untilServer();
    if (sheet.away) await inTurn(sheet, () => saveAll(sheet));
  }
  sheet.retrying = false;
}
