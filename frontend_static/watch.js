// Watches a film: on the worker itself while it can be reached, else on this machine.
// The worker's address stays constant and versions go in headers, so that a browser asks
// for permission once in two hours and a tunnel counts few requests.

import { readFilm, readWorker } from "./api.js";

const HOLD_S = 25;
const FALLBACK_MS = 15_000;

// A worker that did not answer is left alone until then.
let avoidUntil = 0;

export function watchFilm(jobId, show, complain) {
  const controller = new AbortController();
  run(jobId, show, complain, controller.signal).catch((error) => {
    if (!controller.signal.aborted) complain(error.message);
  });
  return () => controller.abort();
}

async function run(jobId, show, complain, signal) {
  const pictures = new Map();
  let film = await readFilm(jobId, 0, 0, signal);
  show(local(film, "Watching on this machine."));
  while (!film.terminal) {
    try {
      const handed = film.state === "sent_to_colab";
      if (handed && await followWorker(jobId, film, pictures, show, signal)) {
        film = (await readFilm(jobId, 0, 0, signal)) ?? film;
      } else {
        film = (await readFilm(jobId, film.version, HOLD_S, signal)) ?? film;
      }
      show(local(film, "Watching on this machine."));
    } catch (error) {
      if (signal.aborted) return;
      complain(error.message);
      await pause(2000, signal);
    }
  }
}

// Polls the worker until its job ends; false when the worker cannot be used.
async function followWorker(jobId, film, pictures, show, signal) {
  const { worker, read_token: token } = await readWorker(jobId);
  if (!worker || !token || Date.now() < avoidUntil) return false;
  const url = `${worker.url}/status/${jobId}`;
  let version = 0;
  for (;;) {
    const view = await askWorker(url, token, version, signal);
    if (!view) return false;
    if (view === "same") continue;
    version = view.version;
    await loadPictures(worker.url, token, view, pictures, signal);
    if (view.terminal) return finished(jobId, signal);
    show(remote(film, view, worker, pictures));
  }
}

async function askWorker(url, token, version, signal) {
  const headers = {
    Authorization: `Bearer ${token}`,
    Prefer: `wait=${HOLD_S}`,
    "ngrok-skip-browser-warning": "1",
  };
  if (version) headers["If-None-Match"] = `W/"${version}"`;
  try {
    const reply = await fetch(url, { headers, signal, cache: "no-store" });
    if (reply.status === 304) return "same";
    if (!reply.headers.get("X-Worker-Boot") || !reply.ok) throw new Error("not the worker");
    return await reply.json();
  } catch (error) {
    if (signal.aborted) throw error;
    avoidUntil = Date.now() + FALLBACK_MS;
    return null;
  }
}

// The worker is done; this machine says when everything is safe here.
async function finished(jobId, signal) {
  let film = await readFilm(jobId, 0, 0, signal);
  while (!film.terminal) {
    film = (await readFilm(jobId, film.version, HOLD_S, signal)) ?? film;
  }
  return true;
}

async function loadPictures(base, token, view, pictures, signal) {
  for (const artifact of view.artifacts.filter((item) => item.role === "preview")) {
    if (pictures.has(artifact.scene)) continue;
    const headers = { Authorization: `Bearer ${token}`, "ngrok-skip-browser-warning": "1" };
    const url = `${base}/artifacts/sha256/${artifact.sha256}`;
    const reply = await fetch(url, { headers, signal });
    if (!reply.ok) continue;
    const bytes = await reply.blob();
    const blob = new Blob([bytes], { type: artifact.media_type });
    pictures.set(artifact.scene, URL.createObjectURL(blob));
  }
}

function remote(film, view, worker, pictures) {
  return {
    ...common(film),
    state: film.state,
    terminal: false,
    progress: Math.max(film.progress, Math.min(view.progress, 99)),
    message: view.message,
    draft: view.draft,
    source: `Watching the ${worker.kind} worker directly.`,
    pictures: [...pictures].map(([scene, url]) => ({ scene, url })),
  };
}

function local(film, source) {
  const path = `/api/download/${film.job_id}`;
  const previews = film.artifacts.filter((item) => item.role === "preview");
  const shown = previews.length ? previews : film.artifacts.filter((item) => item.role === "picture");
  const away = film.state === "unreachable" ? "The worker is away. " : "";
  return {
    ...common(film),
    source: film.terminal ? "" : away + source,
    pictures: shown.map((item) => ({ scene: item.scene, url: `${path}/${item.name}` })),
  };
}

function common(film) {
  return {
    title: film.title,
    state: film.state,
    terminal: film.terminal,
    progress: film.progress,
    message: film.message,
    draft: film.draft,
    warnings: film.warnings,
    video: `/api/download/${film.job_id}`,
    pictures: [],
  };
}

function pause(ms, signal) {
  return new Promise((done) => {
    setTimeout(done, ms);
    signal.addEventListener("abort", done, { once: true });
  });
}
