// Who answers: the server on this machine and the workers that it knows.

import { computed, signal } from "../lib/html.js";
import { checkWorker, readCapabilities, readHealth, Refused, Trouble } from "../api/orchestrator.js";
import { backOff, hidden, now, pause, until } from "./clock.js";

const CALM_MS = 4000;
const HIDDEN_MS = 30_000;

export const health = signal(null);
// When that was told.
const toldAt = signal(0);
export const capabilities = signal(null);
// While the server is away: when it is asked again.
export const serverRetryAt = signal(null);
// What it says instead, if it says anything.
export const serverSaid = signal(null);
export const serverDown = computed(() => serverRetryAt.value !== null);

// The worker that a new film would go to.
export const worker = computed(() => {
  const workers = health.value?.workers ?? [];
  return workers.find((link) => link.reachable) ?? workers[0] ?? null;
});

// Seconds until it is asked again as planned when the server told of it; null: no plan.
export function nextTryOf(link) {
  if (typeof link.next_try_s !== "number") return null;
  return Math.max(0, link.next_try_s - (now.value - toldAt.value) / 1000);
}

// The account of the tunnel through which a worker is reached, if there is one.
export function tunnelOf(link) {
  if (!link?.url) return null;
  const { host } = new URL(link.url);
  return health.value?.tunnels.find((tunnel) => tunnel.host === host) ?? null;
}

// Whether requests to the worker that a new film would go to are counted.
export const isMetered = () => Boolean(tunnelOf(worker.value)?.requests_limit);

// The last times that the server was asked how it and the worker are: when, what it said
// (up, away, none; down: nothing) and after how many milliseconds (null: never).
export const polls = signal([]);
export const MOST_POLLS = 60;

let failures = 0;
let learning = false;
let wake = () => {};

export function tryNow() {
  wake();
}

// After something was done that may have changed who answers.
export function refresh() {
  capabilities.value = null;
  wake();
}

// Asks the worker itself, whenever it would have been asked again.
export async function tryWorker() {
  try {
    await checkWorker();
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
  }
  refresh();
}

// Resolves once the server answers.
export const untilServer = (stop) => until(() => !serverDown.value, stop);

export function serverLost() {
  if (!serverDown.value) wake();
}

export async function watchConnection() {
  for (;;) {
    await ask();
    const ms = failures ? backOff(failures) : hidden.value ? HIDDEN_MS : CALM_MS;
    if (failures) serverRetryAt.value = Date.now() + ms;
    const early = new AbortController();
    wake = () => early.abort();
    await pause(ms, early.signal);
  }
}

async function ask() {
  const begun = performance.now();
  try {
    const before = stamp();
    health.value = await readHealth();
    toldAt.value = Date.now();
    note(worker.value?.reachable ? "up" : worker.value ? "away" : "none", performance.now() - begun);
    failures = 0;
    serverRetryAt.value = null;
    if (!capabilities.value?.worker || before !== stamp()) learn();
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    failures += 1;
    serverSaid.value = error instanceof Refused ? error.message : null;
    note("down", null);
  }
}

function note(state, ms) {
  polls.value = [...polls.value, { at: Date.now(), state, ms }].slice(-MOST_POLLS);
}

// What the present worker can do; asked anew when another one answers. The words that
// options may take are there at once; starting this machine's own worker takes a moment.
async function learn() {
  if (learning) return;
  learning = true;
  try {
    if (!capabilities.value) capabilities.value = await readCapabilities("?wait=0");
    capabilities.value = await readCapabilities();
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
  } finally {
    learning = false;
  }
}

function stamp() {
  return JSON.stringify((health.value?.workers ?? []).map((link) => [link.url, link.boot_id, link.reachable]));
}
