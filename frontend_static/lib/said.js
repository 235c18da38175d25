// What a picture or film that Moonreel made says of itself: the settings in its metadata.

const PNG = [0x89, 0x50, 0x4e, 0x47];
// Metadata of a film stands in its `moov` box, at the beginning or the end.
const LOOK_BYTES = 4_000_000;

// { title, seed, image_style, … } with what was found; null when it is none of ours.
export async function readSaid(file) {
  const head = new Uint8Array(await file.slice(0, LOOK_BYTES).arrayBuffer());
  if (PNG.every((byte, at) => head[at] === byte)) return ofPicture(texts(head));
  const tail = new Uint8Array(await file.slice(Math.max(0, file.size - LOOK_BYTES)).arrayBuffer());
  return ofFilm(decode(head)) ?? ofFilm(decode(tail));
}

// The iTXt chunks of a PNG by their keywords (PNG, 11.3.3.4).
function texts(bytes) {
  const view = new DataView(bytes.buffer);
  const found = {};
  for (let at = 8; at + 12 <= bytes.length;) {
    const size = view.getUint32(at);
    const body = bytes.subarray(at + 8, at + 8 + size);
    if (decode(bytes.subarray(at + 4, at + 8)) === "iTXt") {
      const end = body.indexOf(0);
      // Behind the keyword: two flags, and a language and a translation that are empty.
      found[decode(body.subarray(0, end))] = decode(body.subarray(end + 5));
    }
    at += 12 + size;
  }
  return found;
}

function ofPicture({ Software: by, Comment: comment = "" }) {
  if (by !== "Moonreel") return null;
  const told = Object.fromEntries(comment.split("; ").map((part) => part.split(/: (.*)/s, 2)));
  return kept({
    image_style: told.style, steps: told.steps, guidance: told.guidance,
    scheduler: told.scheduler, negative_prompt: told["negative prompt"],
  });
}

function ofFilm(text) {
  const made = text.match(/made with Moonreel; [^;]*; seed (\d+)/);
  if (!made) return null;
  const looks = text.match(/pictures (\w+), voice (\w+), ([a-z]{2,3}(?:-[a-z0-9]{2,8})*)/);
  return kept({ seed: made[1], image_style: looks?.[1], voice_id: looks?.[2], language: looks?.[3] });
}

function kept(values) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function decode(bytes) {
  return new TextDecoder().decode(bytes);
}
