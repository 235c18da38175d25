// Files that people drop or choose: a text becomes the words, a saved project its settings.

import { go } from "../lib/router.js";
import { t } from "../lib/strings.js";
import { announce } from "./notices.js";
import { change, form, fromOrder } from "./order.js";

const MAX_TEXT_BYTES = 500_000;
const MAX_PROJECT_BYTES = 20_000_000;
const PROJECT = "project.json";

export async function openFiles(files) {
  const file = files[0];
  if (!file) return;
  if (/\.(zip|json)$/i.test(file.name)) await openProject(file);
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
  const project = await readProject(file).catch(() => null);
  if (project?.format !== "moonreel-project") return announce(t("restore.unknown", { name: file.name }));
  return apply(settingsOf(project), t("restore.project", { name: file.name }));
}

async function readProject(file) {
  if (file.size > MAX_PROJECT_BYTES) return null;
  if (/\.json$/i.test(file.name)) return JSON.parse(await file.text());
  const { readMember } = await import("../lib/zip.js");
  return JSON.parse(await readMember(file, PROJECT));
}

// What was asked for at first, with the seed that was used: the same film again.
export function settingsOf({ asked, request }) {
  return { ...asked, seed: request.seed ?? asked.seed };
}

// Fills the form with the settings of an order; what was there can be had back.
export function apply(order, text) {
  const before = form.value;
  form.value = fromOrder(order);
  go("/make");
  announce(text, { undo: { label: t("notice.undo"), run: () => { form.value = before; } }, ms: 10_000 });
}
