// The chosen voice on the user's own sentence, spoken by the worker that would make the film.

import { html, signal } from "../lib/html.js";
import { t } from "../lib/strings.js";
import { previewVoice } from "../api/orchestrator.js";
import { form } from "../state/order.js";
import { Heard } from "./heard.js";

const MOST = 400;
const own = signal(null);
const spoken = signal(null);
const busy = signal(false);
const trouble = signal(null);

export function VoicePreview() {
  const sentence = own.value ?? firstSentence(form.value.script);
  return html`<div class="field preview">
    <label for="voice-sentence">${t("voice.sentence")}</label>
    <div class="ask"><input id="voice-sentence" maxlength=${MOST} value=${sentence} onInput=${(event) => { own.value = event.target.value; }} />
    <button type="button" class="outline" aria-busy=${busy.value} disabled=${!sentence.trim()} onClick=${() => listen(sentence.trim())}>${t("voice.listen")}</button></div>
    ${spoken.value && html`<${Heard} key=${spoken.value.url} spoken=${spoken.value} />`}
    ${trouble.value && html`<p class="refusal" role="alert">${trouble.value}</p>`}
  </div>`;
}

function firstSentence(text) {
  const found = text.trim().match(/^.+?[.!?…](?=\s|$)/s)?.[0] ?? text.trim();
  return (found || t("captions.sampleText")).replace(/\s+/g, " ").slice(0, MOST);
}

async function listen(text) {
  if (busy.value) return;
  busy.value = true;
  trouble.value = null;
  const { voice_id, voice_speed, pacing, language, engine_voice } = form.value;
  try {
    const { sound, captions } = await previewVoice({
      text, voice_id, pacing, voice_speed: Number(voice_speed), engine: { voice: engine_voice },
      ...(language === "auto" ? {} : { language }),
    });
    for (const url of [spoken.value?.url, spoken.value?.track].filter(Boolean)) URL.revokeObjectURL(url);
    const track = URL.createObjectURL(new Blob([captions], { type: "text/vtt" }));
    spoken.value = { sound, url: URL.createObjectURL(sound), track };
  } catch (error) {
    trouble.value = error.message;
  } finally {
    busy.value = false;
  }
}
