// The words: one's own text, or a topic that is turned into one; files can be dropped.

import { html, signal, useEffect } from "../lib/html.js";
import { words as count, duration } from "../lib/format.js";
import { t } from "../lib/strings.js";
import { openFiles } from "../state/restore.js";
import { change, form } from "../state/order.js";
import { expectTopic, writerName } from "../state/writer.js";
import { ToldScenes } from "./told_scenes.js";

const WORDS_A_MINUTE = 150;
const dragging = signal(false);

export function WordsPart() {
  const { source, script, topic } = form.value;
  const isText = source === "text";
  const text = isText ? script : topic;
  const writes = !isText && Boolean(topic.trim()) && writerName();
  useEffect(() => { if (writes) expectTopic(); }, [writes, topic]);
  return html`<section class=${`words ${dragging.value ? "dragging" : ""}`} aria-label=${t("words.title")}
      onDragOver=${over} onDragLeave=${() => { dragging.value = false; }} onDrop=${drop}>
    <fieldset class="tabs">
      <legend class="sr">${t("words.source")}</legend>
      ${["text", "topic"].map((kind) => html`<label>
        <input type="radio" name="source" value=${kind} checked=${source === kind} onChange=${() => change({ source: kind })} />
        <span>${t(`words.${kind}`)}</span></label>`)}
    </fieldset>
    <label class="sr" for="words">${t(`words.${source}`)}</label>
    <textarea id="words" rows=${isText ? 10 : 3} value=${text} placeholder=${t(`words.${source}.hint`)}
      aria-describedby="words-count" onInput=${(event) => change({ [isText ? "script" : "topic"]: event.target.value })}></textarea>
    <div class="under">
      <p id="words-count">${describe(isText, text)}</p>
      <label class="file">${t("words.open")}
        <input type="file" class="sr" accept=".txt,.md,.zip,.json,.mp4,.png,text/*" onChange=${(event) => openFiles(event.target.files)} /></label>
      ${!text && isText && html`<button type="button" class="quiet" onClick=${() => change({ script: t("words.example.text") })}>${t("words.example")}</button>`}
    </div>
    <${ToldScenes} />
  </section>`;
}

function describe(isText, text) {
  if (!isText) return writer();
  const n = count(text);
  return n ? t("words.count", { n, time: duration((n / WORDS_A_MINUTE) * 60) }) : t("words.drop");
}

// Who would write the script: without a service a topic alone cannot become one.
function writer() {
  const name = writerName();
  return name === "text" ? t("words.topic.needs") : t("words.topic.by", { name });
}

function over(event) {
  event.preventDefault();
  dragging.value = true;
}

function drop(event) {
  event.preventDefault();
  dragging.value = false;
  openFiles(event.dataTransfer.files);
}
