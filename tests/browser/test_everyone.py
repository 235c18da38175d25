"""The page for everybody: WCAG 2.2 by axe in both themes, keyboard alone, a phone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import LIMIT_MS
from tests.browser.steps import finished, make_film, open_page
from tests.browser.test_cast import sent
from tests.browser.watched_page import watched
from tests.servers.served import Served

AXE = (Path(__file__).parent / "vendor" / "axe.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDE = {"width": 1280, "height": 900}
#: The elements that reach beyond the right edge of a page that scrolls sideways.
TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.body.querySelectorAll("*")]
    .filter((element) => element.getBoundingClientRect().right > width)
    .map((element) => element.outerHTML.slice(0, 150));
}"""
ORDER = {"script": "The moon rose.\n\nA crow woke up.", "num_scenes": 2}


@pytest.fixture(scope="module")
def film(served: Served) -> str:
    """A finished film that keeps to the picture of somebody."""
    ann = [{"name": "Ann", "sha256": sent(served, "teal")}]
    scene = {"image_prompt": "a hill", "references": ann}
    told = [scene | {"narration": words} for words in ("One.", "Two.")]
    made = served.order({"scenes": told})
    assert served.finish(made)["state"] == "complete"
    return made


@pytest.fixture(params=["light", "dark", "moving", "forced"])
def themed(request: pytest.FixtureRequest, browser: Browser, served: Served) -> Any:
    """A page in a theme, without movement; with it; and in the system's own colours."""
    context = browser.new_context(
        base_url=served.url,
        color_scheme="light" if request.param == "light" else "dark",
        reduced_motion="no-preference" if request.param == "moving" else "reduce",
        forced_colors="active" if request.param == "forced" else "none",
        viewport=WIDE,
        locale="en-GB",
    )
    context.set_default_timeout(LIMIT_MS)
    with watched(context.new_page(), strict=False) as watch:  # a film that is gone
        yield watch.page
    context.close()


def violations(page: Page) -> list[str]:
    """What axe finds, with the elements."""
    page.evaluate(AXE)
    found = page.evaluate(
        "tags => axe.run({ runOnly: tags }).then(result => result.violations)", TAGS
    )
    return [
        f"{item['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for item in found
        for node in item["nodes"]
    ]


def test_no_violations_anywhere(themed: Page, film: str) -> None:
    """Every view, every folded part open, the dialogs, and a refusal."""
    page = themed
    open_page(page)
    for summary in page.locator("details.part > summary").all():
        summary.click()
    page.get_by_label("what is spoken, in the picture").check()
    page.get_by_role("button", name="Add a character").click()
    page.get_by_role("button", name="Listen").click()
    page.locator(".level").wait_for()
    page.get_by_role("button", name="Make the film").press("Enter")
    page.locator("#refusal").wait_for()
    found = {"make": violations(page)}
    for name, path, sign in (
        ("library", "/#/library", ".films"),
        ("job", f"/#/jobs/{film}", ".player video"),
        ("scene", f"/#/jobs/{film}/scenes/1", "dialog .editor"),
        ("cast", f"/#/jobs/{film}/cast/1", "dialog .sheet"),
        ("script", f"/#/jobs/{film}/script", ".lines"),
        ("compare", f"/#/compare/{film}/{film}", ".compare video"),
        ("gone", "/#/jobs/00000000-none", ".empty"),
        ("models", "/#/models", ".model"),
        ("connection", "/#/connection", ".health"),
    ):
        page.goto(path)
        page.locator(sign).first.wait_for()
        found[name] = violations(page)
    page.keyboard.press("?")
    page.get_by_role("dialog").wait_for()
    found["keys"] = violations(page)

    lines = [f"{name}: {line}" for name, what in found.items() for line in what]
    assert "\n".join(lines) == ""


@pytest.mark.parametrize(
    ("width", "locale"), [(390, "en-GB"), (320, "en-GB"), (320, "de-DE")]
)
def test_no_sideways_scroll_on_a_phone(
    browser: Browser, served: Served, film: str, width: int, locale: str
) -> None:
    """One column, also on the smallest phone and in the longest words."""
    context = browser.new_context(
        base_url=served.url, viewport={"width": width, "height": 800}, locale=locale
    )
    page = context.new_page()
    wide = {}
    for path in (
        "/",
        "/#/library",
        f"/#/jobs/{film}",
        f"/#/jobs/{film}/script",
        "/#/models",
        "/#/connection",
    ):
        page.goto(path)
        page.locator("main > *").first.wait_for()
        page.wait_for_timeout(300)
        wide[path] = page.evaluate(TOO_WIDE)
    context.close()

    assert {path: what for path, what in wide.items() if what} == {}


def test_from_text_to_film_by_keyboard_alone(page: Page) -> None:
    """Tab, type, Ctrl+Enter; then through the film's page to its download."""
    open_page(page)
    tab_to(page, "words")
    page.keyboard.type("The moon rose. A crow woke up.")
    page.keyboard.press("Control+Enter")
    finished(page)
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.downloads a.main')"):
            break
    with page.expect_download() as film:
        page.keyboard.press("Enter")

    assert film.value.suggested_filename.endswith(".mp4")


def test_keys_and_their_sheet(page: Page) -> None:
    """? shows the keys, Escape closes; Alt and a number goes places."""
    open_page(page)
    page.locator("#main").focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Alt+2")

    expect(page.get_by_role("heading", name="Library", level=1)).to_be_visible()


def test_themes_are_remembered(page: Page) -> None:
    """Chosen once, also after a reload, before anything is drawn."""
    open_page(page)
    page.get_by_label("Theme").select_option("dark")
    page.reload(wait_until="commit")

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_other_language(page: Page) -> None:
    """Every word changes, the choice is remembered."""
    open_page(page)
    page.locator("footer").get_by_label("Language").select_option("de")
    expect(page.get_by_role("button", name="Film machen")).to_be_visible()
    page.reload()

    expect(page.get_by_role("button", name="Film machen")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "de")


def tab_to(page: Page, wanted: str) -> None:
    """Presses Tab until the element of that id has the focus."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == wanted:
            return
    raise AssertionError(f"Tab never reaches {wanted}")


def test_polls_the_worker_directly_and_sparingly(page: Page, served: Served) -> None:
    """One address for all polls (one preflight in two hours), each held."""
    asked: list[Any] = []
    page.on("request", lambda request: asked.append(request))
    make_film(page)
    finished(page)
    there = [r for r in asked if "/status/" in r.url]
    changes = served.film(page.url.rpartition("/")[2])["render"]["version"]

    assert len({r.url for r in there}) == 1
    assert all(r.headers["prefer"] == "wait=25" for r in there)
    assert 0 < len(there) <= changes + 1
