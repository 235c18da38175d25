// How far the film is, how long it still takes, and who says so.

import { html, useEffect, useRef } from "../lib/html.js";
import { range } from "../lib/format.js";
import { t } from "../lib/strings.js";
import { tunnelOf } from "../state/connection.js";
import { direct, film, source } from "../state/film.js";
import { say } from "../state/spoken.js";

const SLACK_MS = 10_000;

export function Progress() {
  const { terminal, progress, worker } = film.value;
  const percent = Math.max(progress, Math.min(direct.value?.progress ?? 0, 99));
  const message = terminal ? film.value.message : direct.value?.message ?? film.value.message;
  useEffect(() => say(terminal ? message : `${percent} %: ${message}`), [message]);
  if (terminal) return null;
  return html`<section class="progress" aria-label=${t("job.progress")}>
    <div class="line"><strong>${percent} %</strong> <span>${message}</span> <span class="eta"><${Eta} /></span></div>
    <progress max="100" value=${percent} aria-label=${t("job.progress")}></progress>
    <p class="calm" data-source=${source.value}>${t(`source.${source.value}`, { kind: t(`kind.${worker?.kind ?? "none"}`) })}
      ${worker?.reason && ` ${worker.reason}`} ${tunnelOf(worker)?.warning}</p>
  </section>`;
}

// A range from what was measured; when it takes longer than was said, that is said too.
function Eta() {
  const promised = useRef(Infinity);
  const seconds = direct.value?.eta_s ?? film.value.eta_s;
  if (film.value.state !== "sent_to_colab") return null;
  if (seconds === null || seconds === undefined) return t("job.measuring");
  const end = Date.now() + seconds * 1000;
  promised.current = Math.min(promised.current, end);
  const slack = Math.max(SLACK_MS, seconds * 250);
  return t(end > promised.current + slack ? "job.etaLater" : "job.eta", { range: range(seconds) });
}
