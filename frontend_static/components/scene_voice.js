// Who speaks a scene: the film's voice or one of its own, to choose and to hear.

import { html, useEffect } from "../lib/html.js";
import { t } from "../lib/strings.js";
import { firstSentence, forget, listen, previewAt } from "../state/preview.js";
import { script } from "../state/script.js";
import { voicesOf } from "../state/voices.js";
import { Heard } from "./heard.js";

// "Film's voice: …", or who speaks this scene alone.
export function spokenBy({ voice }) {
  return voice ? t("scene.ownVoice", { name: name(voice) }) : filmVoice();
}

// With somebody's sample there is nothing to choose: it speaks the whole film.
export function SceneVoice({ id, number, narration, voice, locked, onChange }) {
  const { narrator } = script.value;
  if (narrator.voice_id === null) return html`<span class="who calm">${filmVoice()}</span>`;
  const hear = () => listen(id, asked(narration, voice ?? narrator.voice_id));
  return html`<div class="who">
    <label for=${id}>${t("scene.voiceOf", { n: number })}</label>
    <select id=${id} value=${voice ?? ""} disabled=${locked} onChange=${(event) => onChange(event.target.value || null)}>
      <option value="" selected=${!voice}>${filmVoice()}</option>
      ${voicesOf(narrator.engine, voice).map((item) => html`<option value=${item.id} disabled=${!item.there} selected=${item.id === voice}>${name(item.id)}</option>`)}
    </select>
    <button type="button" class="quiet" aria-busy=${previewAt(id).busy} aria-label=${t("scene.listenOf", { n: number })} onClick=${hear}>${t("voice.listen")}</button>
  </div>`;
}

// What was asked for with the button of that choice, once it is there.
export function SceneHeard({ of }) {
  const { spoken, trouble } = previewAt(of);
  useEffect(() => () => forget(of), [of]);
  return html`${spoken && html`<${Heard} key=${spoken.url} spoken=${spoken} />`}
    ${trouble && html`<p class="refusal" role="alert">${trouble}</p>`}`;
}

function filmVoice() {
  const { voice_id: id } = script.value.narrator;
  return t("scene.filmVoice", { name: id ? name(id) : t("scene.sampleVoice") });
}

function name(voice) {
  return t(`voice_id.${voice}`);
}

function asked(narration, voice) {
  const { narrator: { voice_speed, pacing, engine }, script: { language } } = script.value;
  return { text: firstSentence(narration), voice_id: voice, voice_speed, pacing, language, engine: { voice: engine } };
}
