// The chosen voice on the user's own sentence, spoken by the worker that would make the film.

import { html, signal, useEffect } from "../lib/html.js";
import { t } from "../lib/strings.js";
import { form } from "../state/order.js";
import { firstSentence, forget, listen, MOST, previewAt } from "../state/preview.js";
import { Heard } from "./heard.js";

const own = signal(null);

export function VoicePreview() {
  const sentence = own.value ?? (firstSentence(form.value.script) || t("captions.sampleText"));
  const { busy, spoken, trouble } = previewAt("form");
  useEffect(() => () => forget("form"), []);
  return html`<div class="field preview">
    <label for="voice-sentence">${t("voice.sentence")}</label>
    <div class="ask"><input id="voice-sentence" maxlength=${MOST} value=${sentence} onInput=${(event) => { own.value = event.target.value; }} />
    <button type="button" class="outline" aria-busy=${busy} disabled=${!sentence.trim()} onClick=${() => listen("form", asked(sentence.trim()))}>${t("voice.listen")}</button></div>
    ${spoken && html`<${Heard} key=${spoken.url} spoken=${spoken} sketched=${true} />`}
    ${trouble && html`<p class="refusal" role="alert">${trouble}</p>`}
  </div>`;
}

function asked(text) {
  const { voice_id, voice_speed, pacing, language, engine_voice } = form.value;
  return {
    text, voice_id, pacing, voice_speed: Number(voice_speed), engine: { voice: engine_voice },
    ...(language === "auto" ? {} : { language }),
  };
}
