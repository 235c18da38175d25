// What nobody can guess, also on a page over plain http, where randomUUID is not to be had.

export function anySeed() {
  return crypto.getRandomValues(new Uint32Array(1))[0];
}

export function anyKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
