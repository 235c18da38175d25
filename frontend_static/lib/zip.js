// One file out of a zip archive, with what the browser brings.

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const DEFLATED = 8;

// The text of the member called `name`; null when there is none or this is no zip.
export async function readMember(file, name) {
  const bytes = new DataView(await file.arrayBuffer());
  const end = findEnd(bytes);
  if (end < 0) return null;
  let at = bytes.getUint32(end + 16, true);
  for (let left = bytes.getUint16(end + 10, true); left > 0; left -= 1) {
    if (at + 46 > bytes.byteLength || bytes.getUint32(at, true) !== ENTRY) return null;
    const [long, extra, comment] = [28, 30, 32].map((offset) => bytes.getUint16(at + offset, true));
    if (textAt(bytes, at + 46, long) === name) return content(bytes, at);
    at += 46 + long + extra + comment;
  }
  return null;
}

// The record at the end of every archive, before a comment of at most 64 KiB.
function findEnd(bytes) {
  for (let at = bytes.byteLength - 22; at >= Math.max(0, bytes.byteLength - 65_557); at -= 1) {
    if (bytes.getUint32(at, true) === END) return at;
  }
  return -1;
}

function content(bytes, entry) {
  const size = bytes.getUint32(entry + 20, true);
  const local = bytes.getUint32(entry + 42, true);
  const start = local + 30 + bytes.getUint16(local + 26, true) + bytes.getUint16(local + 28, true);
  const packed = new Blob([new Uint8Array(bytes.buffer, start, size)]);
  if (bytes.getUint16(entry + 10, true) !== DEFLATED) return packed.text();
  return new Response(packed.stream().pipeThrough(new DecompressionStream("deflate-raw"))).text();
}

function textAt(bytes, at, length) {
  return new TextDecoder().decode(new Uint8Array(bytes.buffer, at, length));
}
