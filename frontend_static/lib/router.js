// The address after the # is the view: reloading, bookmarks and the back button just work.

import { signal } from "./html.js";

export const route = signal(parse(location.hash));

addEventListener("hashchange", () => { route.value = parse(location.hash); });

export function go(path) {
  location.hash = path;
}

// "#/jobs/ID/scenes/3" → { view: "job", id: "ID", scene: 3 }
export function parse(hash) {
  const [first = "make", id, section, detail] = hash.replace(/^#\/?/, "").split("/").filter(Boolean);
  if (first === "jobs" && id) {
    if (section === "script") return { view: "script", id };
    return { view: "job", id, scene: section === "scenes" ? Number(detail) : null, person: section === "cast" ? Number(detail) : null };
  }
  if (first === "compare" && id && section) return { view: "compare", id, other: section };
  if (["make", "library", "models", "connection"].includes(first)) return { view: first };
  // Addresses of the first version were the bare id of a film.
  if (/^[\w-]{8,64}$/.test(first)) return { view: "job", id: first, scene: null };
  return { view: "make" };
}
