// Small things remembered in this browser: settings and the form that is being filled in.

const PREFIX = "moonreel.";

export function recall(name, otherwise) {
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? otherwise : JSON.parse(text);
  } catch {
    return otherwise; // storage is blocked, or an older version wrote something else
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // Storage is blocked or full: this tab still knows, the next one starts fresh.
  }
}
