// Asks the worker itself. The address stays constant and versions go in headers, so that
// a browser asks for permission once in two hours and a tunnel counts few requests.

const HOLD_S = 25;
// Replies are never kept (they say no-store), but any other mode would make Chromium ask
// for permission before every single request.
const CACHE = "force-cache";

// The workers whose films this page may play: those that there were when it was opened.
const PLAYED = document.querySelector("meta[name=media-origins]").content.split(" ");
export const mayPlay = (worker) => PLAYED.includes(new URL(worker.url).origin);

// How to ask for a held reply. Where a tunnel's requests are counted, news gather the
// longer, the longer the job has been watched; its end is told at once.
function prefer(pace, watchedS) {
  if (!pace) return `wait=${HOLD_S}`;
  const settleS = Math.min(pace.hold_s, Math.max(pace.first_s, pace.share * watchedS));
  return `wait=${pace.hold_s}, settle=${settleS.toFixed(2)}`;
}

// The job's view, "same" when nothing changed, null when the worker cannot be used.
export async function askStatus({ worker, read_token, pace }, jobId, version, watchedS, signal) {
  const headers = {
    Authorization: `Bearer ${read_token}`,
    Prefer: prefer(pace, watchedS),
    "ngrok-skip-browser-warning": "1",
  };
  if (version) headers["If-None-Match"] = `W/"${version}"`;
  try {
    const reply = await fetch(`${worker.url}/status/${jobId}`, { headers, signal, cache: CACHE });
    if (reply.status === 304) return "same";
    // A reply without this header is the tunnel's own, not the worker's.
    if (!reply.headers.get("X-Worker-Boot") || !reply.ok) return null;
    return await reply.json();
  } catch (error) {
    if (signal.aborted) throw error;
    return null;
  }
}

// What is being drawn, as `told` by a unit's `live`; null when there is nothing to be
// seen. The number in `told` is left out, as each address costs a question of its own.
export async function askGlimpse({ worker, read_token }, told) {
  const headers = { Authorization: `Bearer ${read_token}`, "ngrok-skip-browser-warning": "1" };
  try {
    const reply = await fetch(`${worker.url}${told.split("?")[0]}`, { headers, cache: CACHE });
    const ours = reply.status === 200 && reply.headers.get("X-Worker-Boot");
    return ours ? await reply.blob() : null;
  } catch {
    return null; // the next news of the worker, or its silence, will tell
  }
}

// Whether this page can reach the worker without the server in between.
export async function canReach(worker) {
  try {
    const reply = await fetch(`${worker.url}/health`, {
      headers: { "ngrok-skip-browser-warning": "1" },
      cache: CACHE,
      signal: AbortSignal.timeout(10_000),
    });
    return Boolean(reply.headers.get("X-Worker-Boot"));
  } catch {
    return false;
  }
}
