// The only caller of the server on this machine; errors become one sentence.

import { anyKey } from "../lib/chance.js";

// The server did not do what it was asked.
export class Trouble extends Error {}

export class Refused extends Trouble {
  constructor(body, status) {
    super(body.message ?? body.error?.message ?? `Error ${status}`);
    this.status = status;
    this.code = body.code;
    this.param = body.error?.param;
    this.hint = body.hint;
  }
}

// Nobody answered: the server has ended, or this machine is asleep.
export class NoAnswer extends Trouble {}

async function call(path, options = {}) {
  const reply = await ask(path, options);
  if (reply.status === 204 || reply.status === 304) return null;
  return whole(reply.json());
}

// Any good reply, or 304; else Refused or NoAnswer.
async function ask(path, options) {
  const reply = await whole(fetch(path, { cache: "no-store", ...options }));
  if (!reply.ok && reply.status !== 304) throw new Refused(await whole(reply.json()), reply.status);
  return reply;
}

// What comes of it; NoAnswer when the connection breaks, or the answer is not Moonreel's.
async function whole(coming) {
  try {
    return await coming;
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new NoAnswer("Moonreel on this machine does not answer; is it running?", { cause: error });
  }
}

function send(method, path, body, headers = {}) {
  return call(path, json(method, body, headers));
}

function json(method, body, headers = {}) {
  return { method, headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(body) };
}

const of = (jobId) => `/api/jobs/${encodeURIComponent(jobId)}`;

export const fileOf = (jobId, name) => `/api/download/${encodeURIComponent(jobId)}/${name}`;
export const referenceOf = (sha256) => `/api/references/${sha256}`;
// A file at such an address: JSON as what it says, anything else as it is.
export async function readFile(address) {
  const reply = await ask(address);
  return whole(reply.headers.get("Content-Type").includes("json") ? reply.json() : reply.blob());
}
// A page with nothing but the film, straight from its worker.
export const playOf = (jobId) => `/play/${encodeURIComponent(jobId)}`;
export const filmOf = (jobId) => `/api/download/${encodeURIComponent(jobId)}`;

// An order that was not accepted yet, as far as we heard, and its key: sent again, it is
// the same film.
let unanswered = null;

// One click is one film, however often the browser sends it.
export async function orderFilm(order) {
  const text = JSON.stringify(order);
  if (unanswered?.text !== text) unanswered = { text, key: anyKey() };
  const accepted = await send("POST", "/api/generate-video", order, { "Idempotency-Key": unanswered.key });
  if (unanswered?.text === text) unanswered = null;
  return accepted;
}

// The film as this machine knows it; null when nothing changed since `version`.
export function readFilm(jobId, version, waitS, signal) {
  const headers = waitS ? { Prefer: `wait=${waitS}` } : {};
  if (version) headers["If-None-Match"] = `W/"${version}"`;
  return call(of(jobId), { headers, signal });
}

// Answers when any film changes; null when none did.
export function readBoard(version, waitS, signal) {
  const headers = waitS ? { Prefer: `wait=${waitS}` } : {};
  if (version) headers["If-None-Match"] = `W/"${version}"`;
  return call("/api/progress", { headers, signal });
}

export const readFilms = () => call("/api/jobs");
export const readHealth = (signal) => call("/health", { signal });
export const readWorker = (jobId) =>
  call("/api/worker" + (jobId ? `?job_id=${encodeURIComponent(jobId)}` : ""));
export const readStoryTypes = () => call("/api/story-types");
// Loads what writes scripts, as a topic may soon be ordered; nothing is asked or paid for.
export const prepareWriter = () => send("POST", "/api/writer/prepare", {});
// How a script is made, as a manner for others.
export const analyzeScript = (text, type) => send("POST", "/api/analyze-script", { scriptContent: text, scriptType: type });
export const readModels = () => call("/api/models/");
export const deleteModel = (id) => call(`/api/models/${encodeURIComponent(id)}`, { method: "DELETE" });
export const connectWorker = (url) => send("POST", "/api/set-colab-url", { url });
// There is no remote worker any more.
export const forgetWorker = () => call("/api/worker", { method: "DELETE" });
export const cancelFilm = (jobId) => send("POST", `${of(jobId)}/cancel`, {});
// Goes on with it; with a scene in `order`, draws the picture of that again.
export const retryFilm = (jobId, order = {}) => send("POST", `${of(jobId)}/retry`, order);
export const deleteFilm = (jobId) => call(of(jobId), { method: "DELETE" });
export const readCapabilities = (query = "") => call(`/api/capabilities${query}`);
export const checkWorker = () => send("POST", "/api/worker/check", {});
// Films that have a file of that SHA-256, newest first.
export const readOrigins = (sha256) => call(`/api/files/${sha256}`);
export const allowFilm = (jobId) => send("POST", `${of(jobId)}/allow`, {});
// The order that makes the film again, and what was asked for at first.
export const readProject = (jobId) => call(`${of(jobId)}/project`);
// A file straight from its worker, signed to be read by anybody for some hours.
export const readLink = (jobId, name) => call(`${of(jobId)}/link/${name}`);
export const readScript = (jobId) => call(`${of(jobId)}/script`);
export const saveScript = (jobId, edit) => send("PUT", `${of(jobId)}/script`, edit);
export const rewriteScene = (jobId, asked) => send("POST", `${of(jobId)}/script/rewrite`, asked);
export const renderFilm = (jobId, order = {}) => send("POST", `${of(jobId)}/render`, order);
// The sentence as sound, spoken by the worker that a film would go to.
export async function previewVoice(asked) {
  const reply = await ask("/api/voices/preview", json("POST", asked));
  return { sound: await whole(reply.blob()), captions: decodeURIComponent(reply.headers.get("X-Captions") ?? "") };
}
// A picture of a character as it is; the reply's hash is what a character names.
export const sendReference = (file) =>
  call("/api/references", { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file });
// Somebody's voice as it is; the reply's hash is what an order names.
export const sendVoiceSample = (file) =>
  call("/api/voice-samples", { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file });
// A music file as it is; the reply's hash is what an order names.
export const sendMusic = (file) =>
  call("/api/music", { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file });
