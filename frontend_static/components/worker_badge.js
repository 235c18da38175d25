// Where films are made right now, in the header of every view.

import { html } from "../lib/html.js";
import { t } from "../lib/strings.js";
import { capabilities, health, serverDown, worker } from "../state/connection.js";

export function WorkerBadge() {
  const [state, text] = describe();
  return html`<a class=${`worker-badge ${state}`} href="#/connection" data-state=${state}>
    <span class="dot" aria-hidden="true"></span><span>${text}</span></a>`;
}

function describe() {
  if (serverDown.value) return ["down", t("badge.server")];
  if (!health.value) return ["busy", t("badge.looking")];
  const link = worker.value;
  if (!link) return capabilities.value?.trouble ? ["down", t("badge.none")] : ["busy", t("badge.starting")];
  if (!link.reachable) return ["down", t(link.asleep ? "badge.asleep" : "badge.away")];
  const gpu = capabilities.value?.health?.gpu;
  if (link.kind === "local") return ["up", gpu ? t("badge.localGpu", { gpu }) : t("badge.local")];
  return ["up", gpu ? t("badge.remoteGpu", { gpu }) : t("badge.remote")];
}
