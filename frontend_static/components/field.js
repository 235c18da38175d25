// Controls of forms with their label, an explanation, and what the server said about them.

import { html } from "../lib/html.js";
import { word } from "../lib/strings.js";

function hint(id, text) {
  return text && html`<small id=${`${id}-hint`}>${text}</small>`;
}

export function Choice({ id, label, value, words, vocabulary = id, onChange, help, disabled = [] }) {
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <select id=${id} value=${value} aria-describedby=${help ? `${id}-hint` : null}
        onChange=${(event) => onChange(event.target.value)}>
      ${words.map((item) => html`<option value=${item} disabled=${disabled.includes(item)} selected=${item === value}>${word(vocabulary, item)}</option>`)}
    </select>
    ${hint(id, help)}
  </div>`;
}

export function Line({ id, label, value, onInput, help, ...rest }) {
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <input id=${id} value=${value} aria-describedby=${help ? `${id}-hint` : null}
      onInput=${(event) => onInput(event.target.value)} ...${rest} />
    ${hint(id, help)}
  </div>`;
}

export function Slider({ id, label, value, onInput, shown, ...rest }) {
  return html`<div class="field">
    <label for=${id}>${label} <output for=${id}>${shown ?? value}</output></label>
    <input id=${id} type="range" value=${value} onInput=${(event) => onInput(Number(event.target.value))} ...${rest} />
  </div>`;
}

export function Toggle({ id, label, checked, onChange, help, disabled = false }) {
  return html`<div class="field">
    <label class="inline" for=${id}>
      <input id=${id} type="checkbox" role="switch" checked=${checked} disabled=${disabled} aria-describedby=${help ? `${id}-hint` : null}
        onChange=${(event) => onChange(event.target.checked)} />${label}</label>
    ${hint(id, help)}
  </div>`;
}
