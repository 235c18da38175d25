// Views that are fetched when they are first needed, or when the browser has nothing
// better to do: so that opening the page is quick, and a server that ends takes none away.

import { html, signal } from "./html.js";
import { t } from "./strings.js";

const RETRY_MS = 2000;

// A component in the place of the one called `name` in the module that `load` fetches.
export function later(name, load) {
  const found = signal(null);
  const failed = signal(false);
  let asked = null;
  const fetchIt = () => {
    asked ??= load().then((module) => { found.value = module[name]; }, () => {
      asked = null;
      failed.value = true;
      setTimeout(fetchIt, RETRY_MS);
    });
  };
  addEventListener("load", () => setTimeout(fetchIt, RETRY_MS));
  return function Later(props) {
    if (found.value) return html`<${found.value} ...${props} />`;
    fetchIt();
    return html`<p aria-busy="true" class="calm">${t(failed.value ? "shell.notFetched" : "shell.fetching")}</p>`;
  };
}
