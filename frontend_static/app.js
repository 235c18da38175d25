// The page: orders a film, watches it on the worker itself, falls back to this machine.

import { connectWorker, orderFilm, readWorker, act } from "./api.js";
import { watchFilm } from "./watch.js";

const $ = (id) => document.getElementById(id);
let stop = null;
let shown = null;

function showFilm(film) {
  $("film").hidden = false;
  $("title").textContent = film.draft ? `${film.title} (draft)` : film.title;
  $("bar").value = film.progress;
  $("message").textContent = film.message;
  $("source").textContent = film.source;
  $("warnings").replaceChildren(...film.warnings.map((text) => element("li", text)));
  $("cancel").hidden = film.terminal;
  $("retry").hidden = !["error", "canceled", "unreachable"].includes(film.state);
  showPictures(film);
  showVideo(film);
}

function showPictures(film) {
  for (const picture of film.pictures) {
    const id = `scene-${picture.scene}`;
    if ($(id)) continue;
    const item = element("li", "");
    const image = new Image();
    item.id = id;
    image.alt = `Scene ${picture.scene}`;
    image.src = picture.url;
    item.append(image);
    const later = [...$("pictures").children].find((other) =>
      Number(other.id.slice(6)) > picture.scene);
    $("pictures").insertBefore(item, later ?? null);
  }
}

function showVideo(film) {
  const ready = film.state === "complete";
  if (ready && $("player").hidden) {
    $("player").src = film.video;
    $("download").href = film.video;
  }
  $("player").hidden = $("links").hidden = !ready;
}

function watch(jobId) {
  stop?.();
  if (shown !== jobId) {
    $("pictures").replaceChildren();
    $("player").hidden = true;
    shown = jobId;
  }
  history.replaceState(null, "", `#${jobId}`);
  stop = watchFilm(jobId, showFilm, (message) => { $("source").textContent = message; });
}

async function order(event) {
  event.preventDefault();
  const form = event.target;
  const button = event.submitter;
  button.disabled = true;
  $("refusal").hidden = true;
  try {
    const accepted = await orderFilm({
      script: form.script.value,
      quality: form.quality.value,
      auto_captions: form.auto_captions.checked,
    });
    watch(accepted.job_id);
  } catch (error) {
    $("refusal").textContent = error.message;
    $("refusal").hidden = false;
  } finally {
    button.disabled = false;
  }
}

async function connect(event) {
  event.preventDefault();
  try {
    const reply = await connectWorker(event.target.url.value);
    $("connected").textContent = [reply.message, ...reply.warnings].join(" ");
  } catch (error) {
    $("connected").textContent = error.message;
  }
  await showWorker();
}

async function showWorker() {
  try {
    const { worker } = await readWorker();
    $("worker").textContent = worker
      ? `A ${worker.kind} worker is connected.`
      : "No worker yet; this machine starts its own when it is needed.";
  } catch (error) {
    $("worker").textContent = error.message;
  }
}

async function command(name) {
  try {
    await act(shown, name);
    if (name === "retry") watch(shown);
  } catch (error) {
    $("message").textContent = error.message;
  }
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

$("order").addEventListener("submit", order);
$("connect").addEventListener("submit", connect);
$("cancel").addEventListener("click", () => command("cancel"));
$("retry").addEventListener("click", () => command("retry"));
showWorker();
if (location.hash.length > 8) watch(location.hash.slice(1));
