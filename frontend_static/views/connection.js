// Connection: borrow a GPU in four steps, and see how the worker is.

import { html, signal, useEffect } from "../lib/html.js";
import { go } from "../lib/router.js";
import { duration, number, size } from "../lib/format.js";
import { t } from "../lib/strings.js";
import { canReach } from "../api/worker.js";
import { checkWorker, connectWorker, forgetWorker, orderFilm, readWorker } from "../api/orchestrator.js";
import { CopyLine } from "../components/copy_line.js";
import { PollStrip } from "../components/poll_strip.js";
import { say } from "../state/spoken.js";
import { capabilities, health, refresh, tunnelOf, worker } from "../state/connection.js";
import { followHealth } from "../state/pulse.js";

const NOTEBOOK = "https://colab.research.google.com/";
const pasted = signal("");
const answer = signal(null);
const steps = signal(null);
const busy = signal(null);

export function Connection() {
  useEffect(() => {
    const controller = new AbortController();
    followHealth(controller.signal);
    return () => controller.abort();
  }, []);
  return html`<section class="connection">
    <h1>${t("title.connection")}</h1>
    <${Health} />
    <${PollStrip} />
    <h2>${t("wizard.title")}</h2>
    <p>${t("wizard.intro")}</p>
    <ol class="wizard">
      <li><h3>${t("wizard.open")}</h3><p>${t("wizard.open.more")}</p><${CopyLine} text=${NOTEBOOK} label=${t("wizard.link")} />
        <p>${t("wizard.own")}</p><${CopyLine} text="moonreel worker --host 0.0.0.0 --port 5001" label=${t("wizard.command")} /></li>
      <li><h3>${t("wizard.paste")}</h3><${Paste} /></li>
      <li><h3>${t("wizard.check")}</h3><p>${t("wizard.check.more")}</p><${Check} /></li>
      <li><h3>${t("wizard.try")}</h3><p>${t("wizard.try.more")}</p>
        <button type="button" class="outline" aria-busy=${busy.value === "try"} onClick=${testRender}>${t("wizard.try.button")}</button></li>
    </ol>
  </section>`;
}

function Health() {
  const link = worker.value;
  const known = capabilities.value?.health;
  if (!link) return html`<p class="calm">${capabilities.value?.trouble ?? t("health.none")}</p>`;
  const queue = known?.queue ?? {};
  const rows = [
    ["where", `${t(`kind.${link.kind}`)} · ${link.url}`],
    ["state", t(link.reachable ? "health.up" : "health.away")],
    ["gpu", known?.gpu || t("health.noGpu")],
    ["engines", (known?.engines ?? []).filter((engine) => !engine.unavailable).map((engine) => engine.name + (engine.draft ? ` (${t("draft")})` : "")).join(", ")],
    ["queue", t("health.queueOf", { n: (queue.depth ?? 0) + (queue.running ?? 0), most: queue.capacity ?? "?" })],
    ["disk", known?.disk ? t("health.free", { size: size(known.disk.free_bytes) }) : "–"],
    ["age", known?.uptime_s !== undefined && known?.uptime_s !== null ? duration(known.uptime_s) : "–"],
    ["quota", quota(link)],
    ["server", `Moonreel ${health.value?.version ?? ""}`],
  ];
  const spent = tunnelOf(link);
  return html`<dl class="health" aria-label=${t("health.title")}>${rows.map(([name, value]) => html`<div><dt>${t(`health.${name}`)}</dt><dd>${value}</dd></div>`)}</dl>
    ${spent?.warning && html`<p class="refusal" data-quota="low">${spent.warning}</p>`}
    ${capabilities.value?.trouble && html`<p class="refusal">${capabilities.value.trouble}</p>`}`;
}

// What the tunnel has left this month; the worker's own machine and cloudflared count nothing.
function quota(link) {
  const spent = tunnelOf(link);
  if (!spent?.requests_limit && !spent?.bytes_limit) return t("health.unmetered");
  const left = Math.max(0, 1 - spent.used);
  return html`<meter min="0" max="1" low="0.2" value=${left} aria-label=${t("health.quota")}></meter> ${t("health.quotaOf", {
    requests: number(Math.max(0, spent.requests_limit - spent.requests)), size: size(Math.max(0, spent.bytes_limit - spent.bytes)),
  })}`;
}

function Paste() {
  return html`<form onSubmit=${connect}>
    <label for="address">${t("wizard.paste.more")}</label>
    <textarea id="address" rows="3" autocomplete="off" spellcheck="false" value=${pasted.value} onInput=${(event) => { pasted.value = event.target.value; }}></textarea>
    <button type="submit" aria-busy=${busy.value === "paste"} disabled=${!pasted.value.trim()}>${t("wizard.paste.button")}</button>
    <${Present} />
    ${answer.value && html`<p class=${answer.value.good ? "good" : "refusal"}>${answer.value.text}</p>`}
  </form>`;
}

// The remote worker, in use or away, and how to be rid of it.
function Present() {
  const link = health.value?.workers.find(({ kind }) => kind === "remote");
  if (!link) return null;
  return html`<p class="calm">${t(link.reachable ? "wizard.used" : "wizard.awaited", { url: link.url })} <button type="button" class="quiet" aria-busy=${busy.value === "forget"} onClick=${forget}>${t("wizard.forget")}</button></p>`;
}

async function forget() {
  await doing("forget", async () => {
    await forgetWorker();
    answer.value = steps.value = null;
  }, (error) => { answer.value = { good: false, text: error.message }; });
  refresh();
}

function Check() {
  return html`<button type="button" class="outline" aria-busy=${busy.value === "check"} onClick=${check}>${t("wizard.check.button")}</button>
    <ul class="checks">${(steps.value ?? []).map((step) => html`<li data-ok=${step.ok}>
      <strong>${step.ok ? "✓" : "✗"} ${step.message}</strong>${step.advice && html`<p>${step.advice}</p>`}</li>`)}</ul>`;
}

async function connect(event) {
  event.preventDefault();
  await doing("paste", async () => {
    const reply = await connectWorker(pasted.value);
    answer.value = { good: reply.connected, text: [reply.message, ...reply.warnings].join(" ") };
    say(answer.value.text);
    // What was pasted holds a token: it is not left standing in the page.
    pasted.value = "";
    await check();
  }, (error) => { answer.value = { good: false, text: error.message }; });
  refresh();
}

function check() {
  return doing("check", async () => {
    const found = (await checkWorker()).steps;
    const answers = found.every((step) => step.name !== "answer" || step.ok);
    steps.value = [...found, answers && await reach()].filter(Boolean);
    say(steps.value.map((step) => step.message).join(" "));
    refresh();
  }, (error) => { steps.value = [{ ok: false, message: error.message }]; });
}

// The page itself polls the worker: the browser, too, must be allowed to. Which worker it
// is may have changed since the page last heard.
async function reach() {
  const { worker: link } = await readWorker();
  if (!link) return null;
  const ok = await canReach(link);
  return { ok, message: t(ok ? "check.direct" : "check.notDirect"), advice: ok ? null : t("check.notDirect.more") };
}

function testRender() {
  return doing("try", async () => {
    const accepted = await orderFilm({
      title: t("wizard.try.name"), script: t("wizard.try.text"), num_scenes: 1, quality: "draft",
    });
    go(`/jobs/${accepted.job_id}`);
  }, (error) => { steps.value = [{ ok: false, message: error.message }]; });
}

async function doing(what, action, failed) {
  busy.value = what;
  try {
    await action();
  } catch (error) {
    failed(error);
  } finally {
    busy.value = null;
  }
}
