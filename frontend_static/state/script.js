// The script of the film that is being looked at. Each change is saved at once as a new
// version; nothing is rendered until that is asked for.

import { computed, signal } from "../lib/html.js";
import { t } from "../lib/strings.js";
import { readScript, Refused, renderFilm, saveScript } from "../api/orchestrator.js";
import { pause } from "./clock.js";
import { restart } from "./film.js";
import { announce } from "./notices.js";

const CONFLICT = 409;
// A film that is just being handed to a worker is asked again, so often and after so long.
const TRIES = 20;
const AGAIN_MS = 300;
// States in which there may be no script yet.
const WRITING = ["starting", "generating_script", "generating_image_prompts"];

// The server's ScriptView; `scenes` is what is shown while a save is under way.
export const script = signal(null);
const edited = signal(null);
export const saving = signal(false);
export const scriptError = signal(null);

export const lines = computed(() => edited.value ?? script.value?.script.scenes ?? []);
export const plan = computed(() => script.value?.render ?? null);

// Which of its picture, voice and clip rendering makes anew.
export function redoOf(number) {
  return plan.value?.scenes.find((one) => one.scene === number)?.redo ?? [];
}

let queue = Promise.resolve();
// The film whose script is to be shown; what comes late of another is not.
let wanted = null;
// By film, the newest version that was heard of: what a save builds on.
const versions = new Map();
// Edits that were begun before somebody else's version was taken are void.
let taken = 0;

export async function openScript(jobId, state) {
  if (script.value?.job_id !== jobId) script.value = edited.value = scriptError.value = null;
  wanted = jobId;
  if (!state || WRITING.includes(state)) return;
  try {
    await queue;
    hear(await readScript(jobId));
  } catch (error) {
    // 409: the last of it is still being written; the film's own news bring us here again.
    const early = error instanceof Refused && error.status === CONFLICT;
    if (!early && jobId === wanted) scriptError.value = error.message;
  }
}

function hear(told) {
  if (told.version < (versions.get(told.job_id) ?? 0)) return;
  versions.set(told.job_id, told.version);
  if (told.job_id === wanted) script.value = told;
}

// `change` gets the scenes and returns them as they shall be.
export function edit(change) {
  const scenes = change(lines.value);
  const begun = taken;
  edited.value = scenes;
  return inTurn(async (jobId) => {
    const newer = jobId === wanted && edited.value && edited.value !== scenes;
    if (newer || begun !== taken) return; // a newer edit has this one in it
    await put(jobId, { scenes });
    if (edited.value === scenes) edited.value = null;
  });
}

export function rename(title) {
  return inTurn((jobId) => put(jobId, { title }));
}

export function restore(version) {
  return inTurn((jobId) => put(jobId, { restore: version }));
}

export function change(at, values) {
  return edit((scenes) => scenes.map((scene, n) => (n === at ? { ...scene, ...values } : scene)));
}

// What is saved for the present film, one after another, also when another is opened.
function inTurn(save) {
  const { job_id: jobId } = script.value;
  queue = queue.then(() => save(jobId));
  return queue;
}

export async function render() {
  const { job_id: jobId } = script.value;
  await queue;
  if (scriptError.value) return false;
  try {
    const reply = await renderWhenFree(jobId, { version: versions.get(jobId) });
    announce(reply.message);
    restart();
    return true;
  } catch (error) {
    scriptError.value = error.message;
    return false;
  }
}

// The film is made without the scene of that id; what of it is being made stops.
export const leaveOut = (id) => putAndRender({ leave_out: id });
export const takeBack = (id) => putAndRender({ take_back: id });

async function putAndRender(order) {
  const { job_id: jobId } = script.value;
  await inTurn(() => put(jobId, order));
  if (scriptError.value || script.value?.job_id !== jobId) return false;
  return plan.value.nothing_to_do || render();
}

async function renderWhenFree(jobId, order) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await renderFilm(jobId, order);
    } catch (error) {
      if (tries === TRIES || !(error instanceof Refused && error.code === "not_ready")) throw error;
      await pause(AGAIN_MS);
    }
  }
}

async function put(jobId, values) {
  saving.value = true;
  scriptError.value = null;
  try {
    hear(await saveScript(jobId, { version: versions.get(jobId), ...values }));
  } catch (error) {
    if (jobId === wanted) scriptError.value = error.message;
    else announce(error.message);
    if (error instanceof Refused && error.code === "conflict") await takeTheirs(jobId);
  } finally {
    saving.value = false;
  }
}

// Somebody else saved meanwhile: their version is shown, ours is not forced over it.
async function takeTheirs(jobId) {
  try {
    hear(await readScript(jobId));
    taken += 1;
    if (jobId === wanted) edited.value = null;
    announce(t("script.conflict"));
  } catch (error) {
    scriptError.value = error.message; // the next change tries again
  }
}
