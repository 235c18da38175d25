// Files that people drop or choose: a text becomes the words, a film its settings.

import { go } from "../lib/router.js";
import { t } from "../lib/strings.js";
import { announce } from "./notices.js";
import { change, form, fromOrder } from "./order.js";

const MAX_TEXT_BYTES = 500_000;

export async function openFiles(files) {
  const file = files[0];
  if (!file) return;
  if (/\.(txt|md|markdown)$/i.test(file.name) || file.type.startsWith("text/")) return openText(file);
  announce(t("restore.unknown", { name: file.name }));
}

async function openText(file) {
  if (file.size > MAX_TEXT_BYTES) return announce(t("restore.tooLong", { name: file.name }));
  change({ source: "text", script: await file.text() });
  announce(t("restore.text", { name: file.name }));
}

// Fills the form with the settings of an order, and says what was there before.
export function apply(order, text) {
  const before = form.value;
  form.value = fromOrder(order);
  go("/make");
  announce(text, { undo: { label: t("notice.undo"), run: () => { form.value = before; } }, ms: 10_000 });
}
