// What is wrong right now, told apart: no network, no server, a worker that sleeps, none
// that answers. Nothing on the page is lost by any of them.

import { html, useEffect } from "../lib/html.js";
import { clock } from "../lib/format.js";
import { t } from "../lib/strings.js";
import { capabilities, health, nextTryOf, serverDown, serverRetryAt, serverSaid, tryNow, tryWorker } from "../state/connection.js";
import { now, offline } from "../state/clock.js";
import { film } from "../state/film.js";
import { say } from "../state/spoken.js";

// The version that served this page.
let opened = null;

export function Banners() {
  const found = current();
  useEffect(() => { if (found) say(`${t(`banner.${found.kind}`)} ${t(`banner.${found.kind}.more`)}`); }, [found?.kind]);
  return html`<div class="banners">
    ${found && html`<div class=${`banner ${found.kind}`} data-banner=${found.kind}>
      <p><strong>${t(`banner.${found.kind}`)}</strong> ${t(`banner.${found.kind}.more`)} ${found.more}</p>
      ${found.action}
    </div>`}
  </div>`;
}

function current() {
  if (offline.value) return { kind: "offline" };
  if (serverDown.value) return server();
  if (health.value && health.value.version !== (opened ??= health.value.version)) return updated();
  const links = health.value?.workers ?? [];
  const { state, message, worker } = film.value ?? {};
  // The film's own view is the newer one.
  if (state === "unreachable") return away(message, worker, links.find((link) => link.kind === worker?.kind));
  const remote = links.find((link) => link.kind === "remote");
  const here = capabilities.value?.worker?.kind === "local" ? t("banner.here") : "";
  if (remote && !remote.reachable) return away(remote.trouble ?? capabilities.value?.trouble ?? "", remote, remote, here);
  return null;
}

function updated() {
  return {
    kind: "updated",
    action: html`<button type="button" class="quiet" onClick=${() => location.reload()}>${t("banner.reload")}</button>`,
  };
}

function server() {
  const seconds = Math.max(0, (serverRetryAt.value - now.value) / 1000);
  return {
    kind: "server",
    more: html`${serverSaid.value} ${t("banner.retryIn", { time: clock(seconds) })}`,
    action: html`<button type="button" class="quiet" onClick=${tryNow}>${t("banner.tryNow")}</button>`,
  };
}

function away(why, link, timed, here = "") {
  const seconds = timed && !timed.reachable ? nextTryOf(timed) : null;
  return {
    kind: link?.asleep ? "asleep" : "worker",
    more: html`${here} ${why} ${seconds !== null && html`<span class="next">${t("banner.retryIn", { time: clock(seconds) })}</span>`}`,
    action: html`<button type="button" class="quiet" onClick=${tryWorker}>${t("banner.tryNow")}</button>
      <a role="button" class="quiet" href="#/connection">${t("banner.toConnection")}</a>`,
  };
}
