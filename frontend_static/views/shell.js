// The frame around every view: name, places to go, banners, notices, help.

import { html, useEffect } from "../lib/html.js";
import { later } from "../lib/later.js";
import { go, route } from "../lib/router.js";
import { LANGUAGES, language, speak, t } from "../lib/strings.js";
import { Banners } from "../components/banners.js";
import { Notices } from "../components/notices.js";
import { Spoken } from "../components/spoken.js";
import { openShortcuts, Shortcuts } from "../components/shortcuts.js";
import { WorkerBadge } from "../components/worker_badge.js";
import { offline } from "../state/clock.js";
import { serverDown } from "../state/connection.js";
import { notify, theme, wantNotices } from "../state/settings.js";
import { announce } from "../state/notices.js";
import { Make } from "./make.js";

const VIEWS = {
  make: Make,
  job: later("Job", () => import("./job.js")),
  script: later("Script", () => import("./script.js")),
  library: later("Library", () => import("./library.js")),
  compare: later("Compare", () => import("./compare.js")),
  models: later("Models", () => import("./models.js")),
  connection: later("Connection", () => import("./connection.js")),
};
const PLACES = ["make", "library", "models", "connection"];

export function Shell() {
  const { view } = route.value;
  const Shown = VIEWS[view];
  useEffect(() => { window.scrollTo(0, 0); }, [view, route.value.id]);
  useEffect(() => { document.title = `${t(`title.${view}`)} · Moonreel`; }, [view, language.value]);
  return html`
    <a class="skip" href="#main" onClick=${skip}>${t("shell.skip")}</a>
    <header class="top">
      <a class="brand" href="#/make"><img src="/static/icon.svg" alt="" width="32" height="32" />Moonreel</a>
      <nav aria-label=${t("shell.places")}>
        ${PLACES.map((place) => html`
          <a href=${`#/${place}`} aria-current=${place === view ? "page" : null}>${t(`title.${place}`)}</a>`)}
      </nav>
      <${WorkerBadge} />
    </header>
    <${Banners} />
    <main id="main" tabindex="-1" data-stale=${serverDown.value || offline.value}><${Shown} key=${route.value.id} /></main>
    <${Footer} />
    <${Notices} />
    <${Spoken} />
    <${Shortcuts} />`;
}

function skip(event) {
  event.preventDefault();
  document.getElementById("main").focus();
}

function Footer() {
  return html`
    <footer class="bottom">
      <label>${t("shell.theme")}
        <select value=${theme.value} onChange=${(event) => { theme.value = event.target.value; }}>
          ${["auto", "light", "dark"].map((name) => html`<option value=${name}>${t(`theme.${name}`)}</option>`)}
        </select>
      </label>
      <label>${t("shell.language")}
        <select value=${language.value} onChange=${chooseLanguage}>
          ${Object.entries(LANGUAGES).map(([code, name]) => html`<option value=${code}>${name}</option>`)}
        </select>
      </label>
      <label class="inline">
        <input type="checkbox" role="switch" checked=${notify.value} onChange=${toggleNotices} />
        ${t("shell.notify")}
      </label>
      <button type="button" class="quiet" onClick=${openShortcuts}>${t("shell.keys")}</button>
    </footer>`;
}

async function chooseLanguage(event) {
  try {
    await speak(event.target.value);
  } catch {
    announce(t("shell.noLanguage"));
    event.target.value = language.value;
  }
}

async function toggleNotices(event) {
  const box = event.target;
  if (!(await wantNotices(box.checked))) {
    box.checked = false;
    announce(t("shell.noNotices"));
  }
}

addEventListener("keydown", (event) => {
  if (event.key === "?" && !event.target.closest("input, textarea, select")) openShortcuts();
  if (!event.altKey || event.ctrlKey || event.metaKey) return;
  const place = PLACES[Number(event.key) - 1];
  if (place) {
    event.preventDefault();
    go(`/${place}`);
  }
});
