"""Whom the film shows again: their pictures above the scenes, and a sheet for each."""

from __future__ import annotations

import io
from typing import Any

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect

from tests.servers.served import Served


@pytest.fixture(scope="module")
def film(served: Served) -> dict[str, Any]:
    """A finished film of three scenes; Ann is in all, Ben in the second."""
    ann, ben = (sent(served, colour) for colour in ("teal", "maroon"))
    shown = ([("Ann", ann)], [("Ann", ann), ("Ben", ben)], [("Ann", ann)])
    scenes = [
        {
            "narration": f"Number {number}.",
            "image_prompt": "a hill",
            "references": [{"name": name, "sha256": sha} for name, sha in who],
        }
        for number, who in enumerate(shown, start=1)
    ]
    return served.finish(served.order({"scenes": scenes}))


def test_the_cast_stands_above_the_scenes(page: Page, film: dict[str, Any]) -> None:
    """Each with its picture; every card shows whose it keeps to. Nobody measured."""
    page.goto(f"/#/jobs/{film['job_id']}")
    tray = page.get_by_role("navigation", name="Characters")
    expect(tray.get_by_role("link")).to_have_text(
        ["Ann in 3 scenes", "Ben in one scene"], use_inner_text=True
    )
    assert loaded(tray.get_by_role("img", name="Picture of Ann"))
    expect(page.locator(".card").nth(0).get_by_role("img")).to_have_count(2)
    expect(page.locator(".card").nth(1).get_by_role("img")).to_have_count(3)
    tray.get_by_role("link", name="Ben").click()
    sheet = page.get_by_role("dialog", name="Ben in every scene")
    expect(sheet).to_contain_text("measures no likeness")
    expect(sheet.locator("li")).to_have_count(2)
    page.reload()
    sheet.get_by_role("link", name="Open scene 2").click()

    expect(page.get_by_role("dialog", name="Scene 2")).to_be_visible()
    expect(page.locator(".score")).to_have_count(0)


def test_scenes_are_sorted_by_their_likeness(page: Page, film: dict[str, Any]) -> None:
    """The worst first, where the engine measured it; one that it did not comes last."""
    scores = {1: 0.81, 2: None, 3: 0.42}

    def measured(route: Route) -> None:
        if "if-none-match" in route.request.headers:
            return
        for unit in film["render"]["units"]:
            score = scores.get(unit["scene"]) if unit["kind"] == "image" else None
            if score is not None:
                unit["result"]["facts"]["likeness_scores"] = {"Ann": score}
        route.fulfill(json=film)

    page.route(f"**/api/jobs/{film['job_id']}", measured)
    page.goto(f"/#/jobs/{film['job_id']}/cast/1")
    sheet = page.get_by_role("dialog", name="Ann in every scene")
    expect(sheet.locator("li")).to_have_count(4)
    told = sheet.locator("li").all_inner_texts()

    assert [" ".join(text.split()) for text in told] == [
        "the reference",
        "Scene 3 42% alike",
        "Scene 1 81% alike",
        "Scene 2",
    ]
    expect(page.locator(".card").nth(2)).to_contain_text("42% alike")


def sent(served: Served, colour: str) -> str:
    """A picture of that colour, taken in; its hash."""
    file = io.BytesIO()
    Image.new("RGB", (64, 64), colour).save(file, format="png")
    reply = httpx.post(
        f"{served.url}/api/references",
        content=file.getvalue(),
        headers={"Content-Type": "image/png"},
        timeout=60,
    )
    return str(reply.json()["sha256"])


def loaded(image: Locator) -> bool:
    """Whether the picture has really come."""
    wide = "image => image.decode().then(() => image.naturalWidth)"
    return int(image.evaluate(wide)) == 64
