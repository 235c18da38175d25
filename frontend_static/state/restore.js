// Files that people drop or choose: a text becomes the words; a saved project, a film or
// a picture brings back the settings that it was made with.

import { go } from "../lib/router.js";
import { t } from "../lib/strings.js";
import { readOrigins, readProject } from "../api/orchestrator.js";
import { differences } from "./differences.js";
import { announce } from "./notices.js";
import { change, form, fromOrder } from "./order.js";

const MAX_TEXT_BYTES = 500_000;
const MAX_PROJECT_BYTES = 20_000_000;
const PROJECT = "project.json";
// A browser hashes a file in one piece.
const MAX_HASHED_BYTES = 500_000_000;

export async function openFiles(files) {
  const file = files[0];
  if (!file) return;
  if (/\.(zip|json)$/i.test(file.name)) await openProject(file);
  else if (/\.(mp4|png)$/i.test(file.name)) await openMade(file).catch((error) => announce(error.message));
  else if (/\.(txt|md|markdown)$/i.test(file.name) || file.type.startsWith("text/")) await openText(file);
  else announce(t("restore.unknown", { name: file.name }));
}

async function openText(file) {
  if (file.size > MAX_TEXT_BYTES) return announce(t("restore.tooLong", { name: file.name }));
  change({ source: "text", script: await file.text() });
  go("/make");
  return announce(t("restore.text", { name: file.name }));
}

async function openProject(file) {
  const project = await unpacked(file).catch(() => null);
  if (project?.format !== "moonreel-project") return announce(t("restore.unknown", { name: file.name }));
  return apply(settingsOf(project), t("restore.project", { name: file.name }));
}

// Known here by its bytes, a file brings everything back; else what it says of itself.
async function openMade(file) {
  const origin = await findOrigin(file);
  if (origin) {
    const settings = settingsOf(await readProject(origin.job_id));
    return apply(settings, t("restore.known", { name: file.name, title: origin.title }));
  }
  const { readSaid } = await import("../lib/said.js");
  const said = await readSaid(file);
  if (!said) return announce(t("restore.unknown", { name: file.name }));
  return fill({ ...form.value, ...said }, t("restore.said", { name: file.name }));
}

// Pages over plain http elsewhere have no hashes.
async function findOrigin(file) {
  if (!crypto.subtle || file.size > MAX_HASHED_BYTES) return null;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  const hex = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return (await readOrigins(hex)).films[0] ?? null;
}

async function unpacked(file) {
  if (file.size > MAX_PROJECT_BYTES) return null;
  if (/\.json$/i.test(file.name)) return JSON.parse(await file.text());
  const { readMember } = await import("../lib/zip.js");
  return JSON.parse(await readMember(file, PROJECT));
}

// What was asked for at first, with the seed that was used: the same film again. Scenes
// that have voices of their own, or came as scenes, come along as they are now.
export function settingsOf({ asked, request }) {
  const scenes = request.scenes ?? [];
  const own = asked.scenes?.length || scenes.some((scene) => scene.voice);
  return { ...asked, seed: request.seed ?? asked.seed, ...(own && { scenes, title: request.title }) };
}

// Fills the form with the settings of an order; what was there can be had back.
export function apply(order, text) {
  fill(fromOrder(order), text);
}

// The notice says what is otherwise than before.
export function fill(values, text) {
  const before = form.value;
  form.value = values;
  go("/make");
  announce([text, differences(before, values)].filter(Boolean).join(" "), { undo: { label: t("notice.undo"), run: () => { form.value = before; } }, ms: 10_000 });
}
