"""The form: what is chosen is what is ordered, what cannot be done is said."""

from __future__ import annotations

import json
import wave
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.steps import open_page, open_part


def test_every_choice_reaches_the_order(page: Page, tmp_path: Path) -> None:
    """The request holds just what the form shows."""
    open_page(page)
    page.get_by_role("textbox", name="My own text").fill("The moon rose.")
    for title in ("Look", "Captions", "Music", "Story", "Characters", "Engines"):
        open_part(page, title)
    page.get_by_label("Style").first.select_option("noir")
    page.get_by_label("Colours").select_option("warm")
    page.get_by_label("9:16").check()
    page.get_by_label("what is spoken, in the picture").check()
    page.locator("#caption_style").select_option("bold")
    page.get_by_label("Your own music").set_input_files(_music(tmp_path / "m.wav"))
    expect(page.get_by_label("Loudness")).to_be_visible()
    page.get_by_role("button", name="Add a character").click()
    page.get_by_label("Name", exact=True).fill("Mona")
    page.get_by_label("Looks").fill("a girl in a yellow raincoat")
    page.get_by_label("Seed").fill("7")
    order = _order(page)

    assert order["image_style"] == "noir"
    assert order["color_filter"] == "warm"
    assert order["aspect"] == "9:16"
    assert order["auto_captions"] is True
    assert order["caption"]["style"] == "bold"
    assert order["music"]["volume"] == 30
    assert order["characters"][0]["name"] == "Mona"
    assert order["seed"] == 7


def test_the_voice_is_heard_on_ones_own_sentence(page: Page) -> None:
    """The first sentence is offered; the worker speaks it and it can be played."""
    open_page(page)
    page.get_by_role("textbox", name="My own text").fill("A bat sang. It flew.")
    open_part(page, "Voice")
    expect(page.get_by_label("Try it on your own sentence")).to_have_value(
        "A bat sang."
    )
    page.get_by_role("button", name="Listen").click()
    sound = page.locator(".preview audio")
    expect(sound).to_be_visible()

    assert sound.get_attribute("src").startswith("blob:")


def test_engines_are_those_of_the_worker(page: Page) -> None:
    """Others are shown with the reason why they cannot be chosen."""
    open_page(page)
    open_part(page, "Engines")

    expect(page.locator("#engine_image")).to_contain_text("papercut")
    expect(page.locator("#engine_image option[disabled]").first).to_have_count(1)
    expect(page.locator(".field", has=page.locator("#engine_image"))).to_contain_text(
        "not on this worker"
    )


def _order(page: Page) -> dict[str, Any]:
    with page.expect_request("**/api/generate-video") as sent:
        page.get_by_role("button", name="Make the film").click()
    return dict(json.loads(sent.value.post_data or "{}"))


def _music(path: Path) -> Path:
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(16_000))
    return path
