// Films in the making as a list to read: name, state, place in the queue, age, cancel.

import { html } from "../lib/html.js";
import { ago } from "../lib/format.js";
import { t } from "../lib/strings.js";
import { now } from "../state/clock.js";
import { cancel, films } from "../state/library.js";

export function Queue() {
  const open = films.value.filter((film) => !film.terminal).reverse();
  if (!open.length) return null;
  const clear = () => { if (confirm(t("library.clear.sure", { n: open.length }))) cancel(open); };
  return html`<section class="queue" aria-labelledby="queue-title">
    <h2 id="queue-title">${t("library.open")}</h2>
    <ol>${open.map((film) => html`<${Waiting} key=${film.job_id} film=${film} />`)}</ol>
    ${open.length > 1 && html`<button type="button" class="outline" onClick=${clear}>${t("library.clear", { n: open.length })}</button>`}
  </section>`;
}

function Waiting({ film }) {
  return html`<li>
    <a href=${`#/jobs/${film.job_id}`}>${film.title}</a>
    <span>${film.queue_position ? t("library.position", { n: film.queue_position }) : film.message}</span>
    <progress max="100" value=${film.progress} aria-label=${film.title}></progress>
    <time datetime=${film.created_at}>${ago(film.created_at, now.value)}</time>
    <button type="button" class="quiet" onClick=${() => cancel([film])} aria-label=${t("library.cancelOf", { title: film.title })}>${t("job.cancel")}</button>
  </li>`;
}
