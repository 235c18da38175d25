// Whether pictures are watched while they are drawn, where engine and worker show them.

import { html } from "../lib/html.js";
import { t } from "../lib/strings.js";
import { capabilities, isMetered } from "../state/connection.js";
import { engineFor } from "../state/dials.js";
import { live, watches } from "../state/settings.js";
import { Toggle } from "./field.js";

export function WatchChoice({ engine: asked }) {
  const engine = engineFor("image", asked);
  if (!engine) return null;
  const why = whyNot(engine);
  const help = why ?? t(isMetered() ? "live.metered" : "live.help");
  return html`<${Toggle} id="live" label=${t("live.title")} checked=${!why && watches(isMetered())} disabled=${Boolean(why)}
    onChange=${(on) => { live.value = on; }} help=${help} />`;
}

function whyNot({ name, shows }) {
  if (!shows) return t("live.unable", { name });
  return capabilities.value.health?.live_previews ? null : t("live.off");
}
