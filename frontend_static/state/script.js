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

export async function openScript(jobId, state) {
  if (script.value?.job_id !== jobId) script.value = edited.value = scriptError.value = null;
  if (!state || WRITING.includes(state)) return;
  try {
    script.value = await readScript(jobId);
  } catch (error) {
    // 409: the last of it is still being written; the film's own news bring us here again.
    if (!(error instanceof Refused && error.status === CONFLICT)) scriptError.value = error.message;
  }
}

// `change` gets the scenes and returns them as they shall be. Saves go one after another.
export function edit(change) {
  edited.value = change(lines.value);
  queue = queue.then(save);
  return queue;
}

export function rename(title) {
  return put({ title });
}

export function restore(version) {
  return put({ restore: version });
}

export function change(at, values) {
  return edit((scenes) => scenes.map((scene, n) => (n === at ? { ...scene, ...values } : scene)));
}

export async function render() {
  await queue;
  if (scriptError.value) return false;
  try {
    const reply = await renderWhenFree({ version: script.value.version });
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
  await queue;
  await put(order);
  if (scriptError.value) return false;
  return plan.value.nothing_to_do || render();
}

async function renderWhenFree(order) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await renderFilm(script.value.job_id, order);
    } catch (error) {
      if (tries === TRIES || !(error instanceof Refused && error.code === "not_ready")) throw error;
      await pause(AGAIN_MS);
    }
  }
}

async function save() {
  const scenes = edited.value;
  if (!scenes) return;
  await put({ scenes });
  if (edited.value === scenes) edited.value = null;
}

async function put(values) {
  saving.value = true;
  scriptError.value = null;
  try {
    script.value = await saveScript(script.value.job_id, { version: script.value.version, ...values });
  } catch (error) {
    scriptError.value = error.message;
    if (error instanceof Refused && error.code === "conflict") await takeTheirs();
  } finally {
    saving.value = false;
  }
}

// Somebody else saved meanwhile: their version is shown, ours is not forced over it.
async function takeTheirs() {
  const { job_id: jobId } = script.value;
  script.value = await readScript(jobId);
  edited.value = null;
  announce(t("script.conflict"));
}
