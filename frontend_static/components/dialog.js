// A modal dialog of the browser itself: focus is kept inside, Escape closes it.

import { html, useEffect, useRef } from "../lib/html.js";
import { t } from "../lib/strings.js";

export function Dialog({ title, onClose, children, wide = false }) {
  const dialog = useRef();
  useEffect(() => {
    dialog.current.showModal();
    return () => dialog.current?.close();
  }, []);
  const onClick = (event) => { if (event.target === dialog.current) onClose(); };
  return html`<dialog ref=${dialog} aria-label=${title} class=${wide ? "wide" : ""} onClick=${onClick}
      onCancel=${(event) => { event.preventDefault(); onClose(); }}>
    <article>
      <header><h2>${title}</h2>
        <button type="button" class="quiet" aria-label=${t("dialog.close")} onClick=${onClose}>×</button></header>
      ${children}
    </article>
  </dialog>`;
}
