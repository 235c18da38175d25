// Starts the page: language, connection, and the frame that shows the view.

import { html, render } from "./lib/html.js";
import { startLanguage } from "./lib/strings.js";
import { watchConnection } from "./state/connection.js";
import { Shell } from "./views/shell.js";

await startLanguage();
watchConnection();
render(html`<${Shell} />`, document.getElementById("page"));
