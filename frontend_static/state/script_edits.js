// What can be done with scenes as a whole: each takes the list and returns another.

// Two scenes out of one: at the cursor, else between the sentences nearest the middle. The
// second is known by `name` until it has an id.
export function split(scenes, at, cursor, name) {
  const { narration, ...rest } = scenes[at];
  const cut = cursor > 0 && cursor < narration.length ? cursor : middle(narration);
  if (!cut) return scenes;
  const parts = [narration.slice(0, cut).trim(), narration.slice(cut).trim()];
  if (!parts[0] || !parts[1]) return scenes;
  const { image_prompt, negative_prompt, references, voice } = rest;
  const second = { name, image_prompt, negative_prompt, references, voice, narration: parts[1] };
  return [...scenes.slice(0, at), { ...rest, narration: parts[0] }, second, ...scenes.slice(at + 1)];
}

function middle(text) {
  const ends = [...text.matchAll(/[.!?…。！？]["'”’)]*\s+/g)].map((end) => end.index + end[0].length);
  const half = text.length / 2;
  return ends.filter((end) => end < text.length).sort((a, b) => Math.abs(a - half) - Math.abs(b - half))[0] ?? 0;
}

// The words of the next scene are spoken over this one's picture.
export function merge(scenes, at) {
  const [first, next] = [scenes[at], scenes[at + 1]];
  if (!next) return scenes;
  const merged = { ...first, narration: `${first.narration.trim()} ${next.narration.trim()}` };
  return [...scenes.slice(0, at), merged, ...scenes.slice(at + 2)];
}

export function move(scenes, from, to) {
  if (to < 0 || to >= scenes.length || from === to) return scenes;
  const rest = scenes.filter((_, n) => n !== from);
  return [...rest.slice(0, to), scenes[from], ...rest.slice(to)];
}

export function drop(scenes, at) {
  return scenes.filter((_, n) => n !== at);
}
