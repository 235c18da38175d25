// The writer gets ready while a topic is put into words, so that its script begins at once.

import { prepareWriter } from "../api/orchestrator.js";
import { health } from "./connection.js";

// For so long it stays ready.
const READY_MS = 60_000;
let asked = -Infinity;

// Who would write a script: "text" when nobody can.
export const writerName = () => health.value?.script_engine ?? "text";

// A topic is there and may soon be ordered.
export function expectTopic() {
  if (writerName() === "text" || performance.now() - asked < READY_MS) return;
  asked = performance.now();
  prepareWriter().catch(() => { asked = -Infinity; }); // the order will say what is wrong
}
