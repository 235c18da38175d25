// How the worker is right now, while somebody looks at it.

import { readCapabilities, Trouble } from "../api/orchestrator.js";
import { hidden, pause } from "./clock.js";
import { capabilities, isMetered, worker } from "./connection.js";

const CALM_MS = 5000;
// Through a tunnel whose requests are counted.
const SPARING_MS = 60_000;

export async function followHealth(stop) {
  while (!stop.aborted) {
    if (!hidden.value && worker.value?.reachable) await beat();
    await pause(isMetered() ? SPARING_MS : CALM_MS, stop);
  }
}

async function beat() {
  try {
    const { health } = await readCapabilities("?now=1");
    // Without one the worker is away: what was last known stays.
    if (health && capabilities.value) capabilities.value = { ...capabilities.value, health };
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
  }
}
