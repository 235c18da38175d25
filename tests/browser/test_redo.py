"""A picture redone a little: chosen in words, only where the engine can."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import LIMIT_MS, SECONDS
from tests.browser.steps import finished, make_film
from tests.browser.test_everyone import violations
from tests.browser.test_script import changed, hashes
from tests.browser.watched_page import watched
from tests.redrawn_pictures import REDRAWING_ENGINES
from tests.servers.served import Served
from tests.workers import TOKEN, WorkerProcess


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An orchestrator whose worker draws pictures again from themselves."""
    home = tmp_path_factory.mktemp("redo") / "home"
    home.mkdir()
    folder = tmp_path_factory.mktemp("worker")
    with WorkerProcess(folder, seconds=SECONDS, engines=REDRAWING_ENGINES) as worker:
        line = f"{str(worker.client.base_url).rstrip('/')}#token={TOKEN}"
        env = {"COLAB_API_URL": line, "MOONREEL_WORKER": "remote"}
        with Served(home, env) as served:
            yield served


@pytest.fixture
def redrawing(browser: Browser, studio: Served) -> Iterator[Page]:
    """A page of that orchestrator."""
    context = browser.new_context(base_url=studio.url, locale="en-GB")
    context.set_default_timeout(LIMIT_MS)
    with watched(context.new_page()) as watch:
        yield watch.page
    context.close()


def strength(served: Served, job_id: str, scene: int) -> float | None:
    """How much of the picture is otherwise, as its engine was told."""
    units = served.film(job_id)["render"]["units"]
    (unit,) = [u for u in units if u["kind"] == "image" and u["scene"] == scene]
    found: float | None = unit["result"]["facts"]["strength"]
    return found


def test_a_picture_is_redone_a_little(redrawing: Page, studio: Served) -> None:
    """By keys; the words say how much stays, and the other scenes are left alone."""
    page = redrawing
    made = make_film(page, scenes=2)
    finished(page)
    before = hashes(studio, made)
    page.get_by_role("link", name="Open scene 1").click()
    slider = page.get_by_role("slider", name="Redo the picture")
    expect(slider).to_have_attribute("aria-valuetext", "a little otherwise")
    expect(page.get_by_role("button", name="Another picture")).to_have_count(0)
    slider.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "clearly otherwise")
    assert violations(page) == []
    page.get_by_role("button", name="Redo it").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    studio.finish(made)
    after = hashes(studio, made)

    assert strength(studio, made, 1) == pytest.approx(0.6)
    assert strength(studio, made, 2) is None
    assert "scene-001-picture.png" in changed(before, after)
    assert "scene-002-picture.png" not in changed(before, after)

    # As close as a model of four steps can: one of them is new.
    finished(page)
    page.get_by_role("link", name="Open scene 2").click()
    page.get_by_role("slider", name="Redo the picture").press("Home")
    page.get_by_role("button", name="Redo it").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    studio.finish(made)
    assert strength(studio, made, 2) == pytest.approx(0.25)

    finished(page)
    page.get_by_role("link", name="Open scene 2").click()
    page.get_by_role("slider", name="Redo the picture").press("End")
    page.get_by_role("button", name="Redo it").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    studio.finish(made)
    assert strength(studio, made, 2) is None
    assert "scene-002-picture.png" in changed(after, hashes(studio, made))


def test_why_it_cannot_be_is_said(page: Page) -> None:
    """The draft engine draws from nothing; another picture it can draw."""
    make_film(page, scenes=1)
    finished(page)
    page.get_by_role("link", name="Open scene 1").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("papercut draws every picture from nothing")
    expect(dialog.get_by_role("slider", name="Redo the picture")).to_have_count(0)
    expect(dialog.get_by_role("button", name="Another picture")).to_be_enabled()


def test_a_refusal_is_shown(redrawing: Page) -> None:
    """In the dialog, which stays."""
    page = redrawing
    make_film(page, text="An owl sat in a tree.", scenes=1)
    finished(page)
    told = {"message": "The script has changes that are not rendered."}
    page.get_by_role("link", name="Open scene 1").click()
    page.evaluate(
        """told => { const ask = window.fetch; window.fetch = (path, more) =>
          String(path).endsWith('/retry')
            ? Promise.resolve(new Response(JSON.stringify(told), {status: 409}))
            : ask(path, more); }""",
        told,
    )
    page.get_by_role("button", name="Redo it").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_have_text(
        told["message"]
    )
