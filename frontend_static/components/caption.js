// Words as they would be burned into the picture.

import { html } from "../lib/html.js";

export function Caption({ values, text }) {
  const { caption_style: style, caption_position: position, caption_animation: animation } = values;
  // The key makes the browser play the animation anew when it or the text is another.
  return html`<p key=${`${animation}/${text}`} aria-hidden="true" class=${`caption s-${style} p-${position} m-${animation}`}>
    ${animation === "karaoke" ? text.split(" ").map((item, n) => html`<span style=${{ "--n": n }}>${item} </span>`) : text}</p>`;
}
