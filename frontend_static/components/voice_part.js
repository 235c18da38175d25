// Who speaks, how fast, and how it sounds on the user's own sentence.

import { html } from "../lib/html.js";
import { t } from "../lib/strings.js";
import { capabilities } from "../state/connection.js";
import { change, form } from "../state/order.js";
import { voicesOf } from "../state/voices.js";
import { Choice, Slider } from "./field.js";
import { Part } from "./part.js";
import { VoicePreview } from "./voice_preview.js";
import { VoiceSample } from "./voice_sample.js";

const LANGUAGES = ["auto", "en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "uk", "tr", "ar", "hi", "ja", "zh"];

export function VoicePart() {
  const words = capabilities.value?.vocabularies ?? {};
  const values = form.value;
  const sample = values.voice_sample;
  const voices = voicesOf(values.engine_voice, values.voice_id);
  return html`<${Part} id="voice" title=${t("voice.title")} chosen=${sample ? t("sample.chosen", { name: sample.name }) : t(`voice_id.${values.voice_id}`)}>
    ${!sample && html`<${Choice} id="voice_id" label=${t("voice.who")} value=${values.voice_id} words=${voices.map((voice) => voice.id)}
      disabled=${voices.filter((voice) => !voice.there).map((voice) => voice.id)} onChange=${(value) => change({ voice_id: value })} />`}
    <${VoiceSample} />
    <${Slider} id="voice_speed" label=${t("voice.speed")} min="0.5" max="2" step="0.05" value=${values.voice_speed}
      shown=${`${Number(values.voice_speed).toFixed(2)}×`} onInput=${(value) => change({ voice_speed: value })} />
    <${Choice} id="pacing" label=${t("voice.pacing")} value=${values.pacing} words=${words.pacing ?? [values.pacing]}
      onChange=${(value) => change({ pacing: value })} help=${t("voice.pacing.help")} />
    <${Choice} id="language" label=${t("voice.language")} value=${values.language} words=${LANGUAGES} onChange=${(value) => change({ language: value })} />
    ${sample ? html`<p class="calm preview">${t("sample.heardLater")}</p>` : html`<${VoicePreview} />`}
  </${Part}>`;
}
