// What kind of story it is, and into how many scenes it is cut.

import { html, useEffect } from "../lib/html.js";
import { t, word } from "../lib/strings.js";
import { capabilities, health } from "../state/connection.js";
import { canLookUp, learnFacts } from "../state/facts.js";
import { change, form } from "../state/order.js";
import { Choice, Line, Slider, Toggle } from "./field.js";
import { Manner } from "./manner.js";
import { Part } from "./part.js";

export function StoryPart() {
  const words = capabilities.value?.vocabularies ?? {};
  const values = form.value;
  const chosen = [word("story_type", values.story_type || "any"), values.num_scenes && t("story.scenesN", { n: values.num_scenes })];
  return html`<${Part} id="story" title=${t("story.title")} chosen=${chosen.filter(Boolean).join(" · ")}>
    <${Line} id="title" label=${t("story.name")} value=${values.title} maxlength="200" placeholder=${t("story.name.hint")} onInput=${(title) => change({ title })} />
    <${Choice} id="story_type" label=${t("story.type")} value=${values.story_type} words=${["", ...(words.story_type ?? [])]} onChange=${(value) => change({ story_type: value })} />
    <${Line} id="num_scenes" label=${t("story.scenes")} type="number" min="1" max="60" value=${values.num_scenes}
      placeholder=${t("story.scenes.hint")} onInput=${(value) => change({ num_scenes: value })} />
    ${values.source === "text" && html`<${Toggle} id="read_headings" label=${t("story.headings")} checked=${values.read_headings}
      onChange=${(read_headings) => change({ read_headings })} help=${t("story.headings.help")} />`}
    ${values.source === "topic" && html`<${Written} values=${values} words=${words} />`}
  </${Part}>`;
}

// What only matters when a service writes the words.
function Written({ values, words }) {
  useEffect(() => { learnFacts(); }, [health.value?.version]);
  const able = canLookUp(values);
  return html`
      <${Slider} id="duration" label=${t("story.minutes")} min="1" max="60" step="1" value=${values.duration}
        shown=${t("story.minutesN", { n: values.duration })} onInput=${(value) => change({ duration: value })} />
      <${Choice} id="hook_intensity" label=${t("story.hook")} value=${values.hook_intensity} words=${words.hook_intensity ?? [values.hook_intensity]}
        onChange=${(value) => change({ hook_intensity: value })} />
      <${Toggle} id="grounding" label=${t("story.facts")} checked=${values.grounding && able} disabled=${!able}
        onChange=${(grounding) => change({ grounding })} help=${t(able ? "story.facts.help" : "story.facts.needs")} />
      <${Toggle} id="new_script" label=${t("story.anew")} checked=${values.new_script} onChange=${(new_script) => change({ new_script })} help=${t("story.anew.help")} />
      ${(health.value?.script_engine ?? "text") === "text" ? html`<p class="calm">${t("manner.needs")}</p>` : html`<${Manner} />`}`;
}
