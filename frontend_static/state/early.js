// The film while only its worker has it: played straight from there by a link that ends,
// where media tags reach the worker. What plays goes on when the film is here, too.

import { effect, signal } from "../lib/html.js";
import { mayPlay } from "../api/worker.js";
import { NoAnswer, readLink, Refused } from "../api/orchestrator.js";
import { film } from "./film.js";

// {sha256, url, job, framed}, or null. Of a worker that came after this page was opened,
// whose policy does not know it, films play in a frame that has its own.
export const early = signal(null);
// Films that could not be had that way; they are waited for.
const tried = new Set();

effect(() => { offer(film.value); });

export function giveUpEarly() {
  early.value = null;
}

async function offer(now) {
  const view = now?.render;
  if (early.value && (early.value.job !== now?.job_id || view?.state !== "complete")) early.value = null;
  if (!now || now.terminal || now.over_quota || view?.state !== "complete") return;
  const made = view.artifacts.find((item) => item.name === "film.mp4");
  if (!made || tried.has(made.sha256) || !now.worker?.url) return;
  tried.add(made.sha256);
  try {
    const link = await readLink(now.job_id, made.name);
    const still = film.value?.job_id === now.job_id && !film.value.terminal;
    if (still && !link.metered) early.value = { sha256: made.sha256, url: link.url, job: now.job_id, framed: !mayPlay(now.worker) };
  } catch (error) {
    if (error instanceof Refused) tried.delete(made.sha256); // the worker is away, and may come back
    else if (!(error instanceof NoAnswer)) throw error;
  }
}
