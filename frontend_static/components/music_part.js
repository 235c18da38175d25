// Music under the narration: the user's own file, and how loud.

import { html, signal } from "../lib/html.js";
import { onChosen } from "../lib/chosen_file.js";
import { t } from "../lib/strings.js";
import { sendMusic } from "../api/orchestrator.js";
import { change, form } from "../state/order.js";
import { Slider } from "./field.js";
import { Part } from "./part.js";

const busy = signal(false);
const trouble = signal(null);

export function MusicPart() {
  const { music } = form.value;
  return html`<${Part} id="music" title=${t("music.title")} chosen=${music ? music.name : t("music.none")}>
    <div class="field">
      <label for="music-file">${t("music.file")}</label>
      <input id="music-file" type="file" accept=".wav,.mp3,.flac,.ogg,audio/*" aria-busy=${busy.value} aria-describedby="music-file-hint" onChange=${choose} />
      <small id="music-file-hint">${t("music.help")}</small>
      ${trouble.value && html`<p class="refusal" role="alert">${trouble.value}</p>`}
    </div>
    ${music && html`<div>
      <${Slider} id="music_volume" label=${t("music.volume")} min="1" max="100" step="1" value=${music.volume} shown=${`${music.volume} %`}
        onInput=${(volume) => change({ music: { ...music, volume } })} />
      <button type="button" class="quiet" onClick=${() => change({ music: null })}>${t("music.remove", { name: music.name })}</button>
    </div>`}
  </${Part}>`;
}

const choose = onChosen(busy, trouble, async (file) => {
  const { sha256 } = await sendMusic(file);
  change({ music: { sha256, name: file.name, volume: form.value.music?.volume ?? 30 } });
});
