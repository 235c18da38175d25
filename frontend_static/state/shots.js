// The shot that a picture in words begins with: "Close-up of a moth".

export const SHOTS = [
  "establishing shot", "wide shot", "medium shot", "close-up", "low-angle shot",
  "over-the-shoulder shot", "high-angle shot", "detail shot", "tracking shot", "silhouette shot",
];
const LEAD = new RegExp(`^(${SHOTS.join("|")}) of\\s+`, "i");

// One of SHOTS; "" when the words name none.
export function shotOf(prompt) {
  return LEAD.exec(prompt)?.[1].toLowerCase() ?? "";
}

// The same picture in another shot; "" names none.
export function withShot(prompt, shot) {
  const shown = prompt.replace(LEAD, "");
  return capital(shot ? `${shot} of ${shown}` : shown);
}

function capital(text) {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
