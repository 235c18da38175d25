// The orchestrator's API; errors become one sentence.

async function call(path, options = {}) {
  let reply;
  try {
    reply = await fetch(path, options);
  } catch {
    throw new Error("Moonreel on this machine does not answer; is it running?");
  }
  if (reply.status === 204 || reply.status === 304) return null;
  const body = await reply.json();
  if (!reply.ok) throw new Error(body.message);
  return body;
}

function post(path, body, headers = {}) {
  return call(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

// One click is one film, however often the browser sends it.
export function orderFilm(order) {
  return post("/api/generate-video", order, { "Idempotency-Key": crypto.randomUUID() });
}

export function connectWorker(url) {
  return post("/api/set-colab-url", { url });
}

export function act(jobId, name) {
  return post(`/api/jobs/${encodeURIComponent(jobId)}/${name}`, {});
}

export function readWorker(jobId) {
  return call("/api/worker" + (jobId ? `?job_id=${encodeURIComponent(jobId)}` : ""));
}

// The film as this machine knows it; null when nothing changed since `version`.
export function readFilm(jobId, version, waitS, signal) {
  const headers = { Prefer: `wait=${waitS}` };
  if (version) headers["If-None-Match"] = `W/"${version}"`;
  return call(`/api/jobs/${encodeURIComponent(jobId)}`, { headers, signal, cache: "no-store" });
}
