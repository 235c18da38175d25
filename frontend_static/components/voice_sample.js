// A voice of one's own in the form: its sample, and that whoever speaks in it has agreed.

import { html, signal } from "../lib/html.js";
import { onChosen } from "../lib/chosen_file.js";
import { t } from "../lib/strings.js";
import { change, form } from "../state/order.js";
import { dropSample, heard, takeSample, whyNoSample } from "../state/sample.js";

const busy = signal(false);
const trouble = signal(null);

export function VoiceSample() {
  const { voice_sample: sample, voice_consent: agreed } = form.value;
  const why = whyNoSample();
  return html`<div class="field sample">
    <label for="voice_sample">${t("sample.title")}</label>
    <input id="voice_sample" type="file" accept=".wav,.mp3,.flac,.ogg,audio/*" disabled=${Boolean(why)} aria-busy=${busy.value} aria-describedby="voice_sample-hint" onChange=${choose} />
    <small id="voice_sample-hint">${why ?? t("sample.help")}</small>
    ${trouble.value && html`<p class="refusal" role="alert">${trouble.value}</p>`}
    ${sample && html`<p>${t("sample.chosen", { name: sample.name })} <button type="button" class="quiet" onClick=${dropSample}>${t("sample.remove", { name: sample.name })}</button></p>
      ${heard.value && html`<audio src=${heard.value} controls aria-label=${t("sample.chosen", { name: sample.name })}></audio>`}
      <label class="inline consent" for="voice_consent"><input id="voice_consent" type="checkbox" checked=${agreed} aria-describedby="voice_consent-hint"
        onChange=${(event) => change({ voice_consent: event.target.checked })} />${t("sample.consent")}</label>
      <small id="voice_consent-hint">${t("sample.consent.more")}</small>`}
  </div>`;
}

const choose = onChosen(busy, trouble, takeSample);
