// Make: words plus one button is enough; everything else has a sensible default.

import { html, signal } from "../lib/html.js";
import { go } from "../lib/router.js";
import { t } from "../lib/strings.js";
import { orderFilm } from "../api/orchestrator.js";
import { CaptionsPart } from "../components/captions_part.js";
import { CastPart } from "../components/cast_part.js";
import { DialsPart } from "../components/dials_part.js";
import { EnginesPart } from "../components/engines_part.js";
import { LookPart } from "../components/look_part.js";
import { MusicPart } from "../components/music_part.js";
import { StoryPart } from "../components/story_part.js";
import { VoicePart } from "../components/voice_part.js";
import { WordsPart } from "../components/words_part.js";
import { form, lacksConsent, ready, resetLook, toOrder } from "../state/order.js";

const refusal = signal(null);
const sending = signal(false);

export function Make() {
  return html`<form class="make" onSubmit=${submit} onKeyDown=${submitByKeys} novalidate>
    <h1 class="sr">${t("title.make")}</h1>
    <${WordsPart} />
    <div class="act">
      <button type="submit" class="main" aria-disabled=${!ready.value || sending.value} aria-busy=${sending.value}>${t("make.button")}</button>
      <button type="submit" name="review" class="outline" aria-disabled=${!ready.value || sending.value}>${t("make.review")}</button>
      <p class="calm">${t("make.free")}</p>
    </div>
    ${refusal.value && html`<p class="refusal" role="alert" id="refusal">${refusal.value.message} ${refusal.value.hint}</p>`}
    <h2>${t("make.options")}</h2>
    <div class="parts">
      <${LookPart} />
      <${VoicePart} />
      <${CaptionsPart} />
      <${MusicPart} />
      <${StoryPart} />
      <${CastPart} />
      <${EnginesPart} />
      <${DialsPart} />
    </div>
    <button type="button" class="quiet" onClick=${resetLook}>${t("make.reset")}</button>
  </form>`;
}

async function submit(event) {
  event.preventDefault();
  if (sending.value) return;
  if (!ready.value) {
    refusal.value = { message: t(form.value.source === "text" ? "make.noText" : "make.noTopic") };
    document.getElementById("words").focus();
    return;
  }
  if (lacksConsent.value) {
    refusal.value = { message: t("sample.consentNeeded") };
    document.getElementById("part-voice").open = true;
    document.getElementById("voice_consent").focus();
    return;
  }
  sending.value = true;
  refusal.value = null;
  try {
    const review = event.submitter?.name === "review";
    const accepted = await orderFilm({ ...toOrder(form.value), review });
    go(`/jobs/${accepted.job_id}${review ? "/script" : ""}`);
  } catch (error) {
    refusal.value = error;
  } finally {
    sending.value = false;
  }
}

function submitByKeys(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    event.currentTarget.requestSubmit();
  }
}
