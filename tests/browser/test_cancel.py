"""Scenes and whole films are canceled on the page while they are being made."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import LIMIT_MS
from tests.browser.steps import STORY, finished, make_film
from tests.browser.test_everyone import violations
from tests.browser.test_script import hashes
from tests.browser.watched_page import watched
from tests.gated_pictures import GATE_VARIABLE, GATED_ENGINES, Gate
from tests.servers.served import Served


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Gate:
    """Pictures are drawn when the test says so."""
    return Gate(tmp_path_factory.mktemp("gated") / "gate")


@pytest.fixture(scope="module")
def gated(tmp_path_factory: pytest.TempPathFactory, gate: Gate) -> Iterator[Served]:
    """An orchestrator whose own worker waits before each picture."""
    home = tmp_path_factory.mktemp("gated") / "home"
    home.mkdir()
    env = {
        "MOONREEL_ENGINES": GATED_ENGINES,
        GATE_VARIABLE: str(gate.path),
        "MOONREEL_WORKER": "local",
    }
    with Served(home, env) as served:
        yield served


@pytest.fixture
def view(browser: Browser, gated: Served) -> Iterator[Page]:
    """A tab on it; errors in its console fail the test."""
    context = browser.new_context(base_url=gated.url, locale="en-GB")
    context.set_default_timeout(LIMIT_MS)
    with watched(context.new_page()) as watch:
        yield watch.page
    context.close()


def test_the_scene_that_is_being_drawn_is_canceled(
    view: Page, gated: Served, gate: Gate
) -> None:
    """Its picture is never drawn, finished ones stay, and it can be taken back in."""
    gate.close()
    before = len(gate.drawn())
    gate.let(1)
    made = make_film(view, STORY, scenes=4)
    cards = view.locator(".cards .card")
    expect(cards.nth(0).locator("img")).to_be_visible()
    expect(cards.nth(1)).to_contain_text("drawing…")
    view.get_by_role("link", name="Open scene 2").click()
    view.get_by_role("button", name="Cancel this scene").click()
    expect(view.get_by_role("dialog")).to_have_count(0)
    expect(cards).to_have_count(3)
    out = view.get_by_role("region", name="Left out")
    expect(out).to_contain_text("She saw a tall pitcher.")
    assert violations(view) == []
    view.reload()
    expect(out).to_contain_text("She saw a tall pitcher.")
    expect(cards.nth(1)).to_contain_text("drawing…")  # the worker has taken it
    gate.let(1000)
    finished(view)
    first = gate.drawn()[before:]
    assert (len(first), any("tall pitcher" in prompt for prompt in first)) == (3, False)
    kept = pictures(gated, made)
    out.get_by_role("button", name="Take it back in: She saw a tall pitcher.").click()
    expect(cards).to_have_count(4)
    expect(out).to_have_count(0)
    gated.finish(made)
    after = pictures(gated, made)

    assert len(gate.drawn()) == before + 4
    assert [after[0], *after[2:]] == kept


def test_the_queue_is_cleared_after_a_question(
    view: Page, gated: Served, gate: Gate
) -> None:
    """No keeps the films; yes cancels them all."""
    gate.close()
    made = [
        gated.order({"script": f"Film {n}.", "num_scenes": 1, "seed": n})
        for n in range(2)
    ]
    view.goto("/#/library")
    clear = view.locator(".queue > button")
    expect(clear).to_contain_text("2")
    view.once("dialog", lambda asked: asked.dismiss())
    clear.click()
    expect(view.locator(".queue li")).to_have_count(2)
    view.once("dialog", lambda asked: asked.accept())
    clear.click()

    expect(view.locator(".queue")).to_have_count(0)
    assert {gated.finish(job_id)["state"] for job_id in made} == {"canceled"}


def test_canceled_in_the_middle_and_gone_on_with(
    view: Page, gated: Served, gate: Gate
) -> None:
    """What is finished of it stays; trying again makes only the rest."""
    made = canceled_after_one_scene(view, gate, "The moon rose over hill number")
    expect(view.locator(".card")).to_have_count(4)
    expect(view.locator(".card[data-done=false]").last).to_be_visible()
    kept = hashes(gated, made)
    assert "scene-001-picture.png" in kept
    view.get_by_role("button", name="Try again").click()
    expect(view.locator(".progress [data-source=direct]")).to_be_visible()
    gate.let(1000)
    finished(view)
    after = hashes(gated, made)

    assert {name for name in kept if name.startswith("scene-")} <= set(after)
    assert all(after[name] == kept[name] for name in kept if name.endswith(".png"))
    reused = [unit for unit in gated.film(made)["render"]["units"] if unit["reused"]]
    assert reused


def test_new_words_of_a_canceled_film_are_not_taken_for_spoken(
    view: Page, gated: Served, gate: Gate
) -> None:
    """A finished scene whose words were edited says that they are still to be made."""
    made = canceled_after_one_scene(view, gate, "The sun rose over hill number")
    ready = view.locator(".card[data-done=true]").first
    number = int(ready.locator("strong").inner_text())
    address = f"/api/jobs/{made}/script"
    written = view.request.get(address).json()
    scenes = written["script"]["scenes"]
    scenes[number - 1]["narration"] = "No sun rose."
    edit = {"version": written["version"], "scenes": scenes}
    assert view.request.put(address, data=edit).ok
    view.reload()
    expect(view.locator(".card").nth(number - 1)).to_contain_text("not rendered yet")
    expect(view.get_by_text("not rendered yet")).to_have_count(1)


def canceled_after_one_scene(view: Page, gate: Gate, words: str) -> str:
    """The id of a film of four scenes; it is canceled when the first is whole."""
    gate.close()
    gate.let(1)
    text = "\n\n".join(f"{words} {number}." for number in range(4))
    made = make_film(view, text, scenes=4)
    expect(view.locator(".card[data-done=true]").first).to_be_visible()
    view.get_by_role("button", name="Cancel").click()
    expect(view.locator(".job[data-state=canceled]")).to_be_visible()
    return made


def pictures(served: Served, job_id: str) -> list[str]:
    """The hashes of the scenes' pictures, in order."""
    found = served.film(job_id)["artifacts"]
    return [
        item["sha256"]
        for item in sorted(found, key=lambda item: item["name"])
        if item["name"].endswith("-picture.png")
    ]
