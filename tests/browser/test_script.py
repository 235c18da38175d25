"""Reading, editing and rendering again: only what changed is made anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from shared_protocol.kit.text_scenes.prompts import SHOTS
from shared_protocol.specs import picture_seed
from tests.browser.steps import finished, job_id, make_film, open_page
from tests.servers.served import Served


def test_a_newcomer_changes_a_sentence_of_scene_3(
    page: Page, served: Served, tmp_path: Path
) -> None:
    """Make, open scene 3, change its words, render only that, download."""
    made = make_film(page)
    finished(page)
    before = hashes(served, made)
    page.get_by_role("link", name="Open scene 3").click()
    words = page.get_by_role("textbox", name="Words")
    words.fill("She dropped pebbles into it, one by one.")
    page.get_by_role("button", name="Render this change").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    view = served.finish(made)
    finished(page)
    after = hashes(served, made)

    assert view["state"] == "complete"
    assert changed(before, after) <= {
        *("film.mp4", "captions.srt", "captions.vtt", "captions.ass", "script.md"),
        *("project.zip", "gantt.svg", "poster.jpg", "contact-sheet.webp"),
        "narration.txt",
        *("scene-003-voice.wav", "scene-003-words.json", "scene-003-clip.mp4"),
    }
    assert "scene-003-words.json" in changed(before, after)
    with page.expect_download() as film:
        page.locator(".downloads a.main").click()
    film.value.save_as(tmp_path / "film.mp4")
    assert (tmp_path / "film.mp4").stat().st_size > 0


def test_the_seed_of_a_picture(page: Page, served: Served) -> None:
    """On the card of its scene, which gives it to the clipboard."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    made = served.order({"script": "One.\n\nTwo.", "num_scenes": 2, "seed": 7})
    served.finish(made)
    page.goto(f"/#/jobs/{made}")
    card = page.locator(".card").nth(1)
    card.get_by_role("button", name=f"Seed {picture_seed(7, 2)}").click()
    expect(page.locator(".notice")).to_contain_text("seed of scene 2 is copied")

    assert page.evaluate("navigator.clipboard.readText()") == f"{picture_seed(7, 2)}"


def test_words_over_the_sound(page: Page) -> None:
    """Where each is spoken; those too fast to read are marked, and counted.

    What cannot be heard is said; opened again, it is tried again.
    """
    make_film(page, scenes=2)
    finished(page)
    page.get_by_role("link", name="Open scene 1").click()
    question = page.get_by_text("Do the words fit the voice?")
    ruler = page.locator(".ruler")
    broken = {"body": "no sound", "content_type": "audio/wav"}
    page.route("**/*-voice.wav*", lambda route: route.fulfill(**broken))
    question.click()
    expect(ruler.get_by_role("alert")).to_contain_text("decode")
    page.unroute("**/*-voice.wav*")
    question.click()
    question.click()

    # The simulated voice speaks them all within a tenth of a second.
    expect(ruler.get_by_role("img", name="faster than 20 characters")).to_be_visible()
    assert ruler.locator(".fast text").count() > 5


def test_another_picture_for_one_scene(page: Page, served: Served) -> None:
    """A new seed draws that scene again, and leaves the others alone."""
    made = make_film(page, scenes=2)
    finished(page)
    before = hashes(served, made)
    page.get_by_role("link", name="Open scene 1").click()
    page.get_by_role("button", name="Another picture").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    served.finish(made)
    after = hashes(served, made)

    assert "scene-001-picture.png" in changed(before, after)
    assert "scene-002-picture.png" not in changed(before, after)
    page.reload()
    page.get_by_role("link", name="Open scene 1").click()
    old = page.get_by_role("img", name="The picture of scene 1 before")
    expect(old).to_have_css("clip-path", "inset(0px 50% 0px 0px)")
    edge = page.get_by_role("slider", name="Before and after")
    edge.press("End")
    expect(old).to_have_css("clip-path", "inset(0px 0% 0px 0px)")
    shown = old.evaluate("picture => picture.decode().then(() => picture.src)")
    assert shown.endswith(before["scene-001-picture.png"])


def test_a_scene_is_left_out(page: Page, served: Served) -> None:
    """The film is made without it, and keeps the other scenes' pictures."""
    made = make_film(page, scenes=4)
    finished(page)
    before = hashes(served, made)
    page.get_by_role("link", name="Open scene 2").click()
    page.get_by_role("button", name="Leave this scene out").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".cards .card")).to_have_count(3)
    served.finish(made)
    after = hashes(served, made)

    assert len(narrations(page, served, made)) == 3
    assert after["scene-001-picture.png"] == before["scene-001-picture.png"]
    assert after["scene-002-picture.png"] == before["scene-003-picture.png"]


def test_a_scene_is_moved_by_dragging(page: Page, served: Served) -> None:
    """The third card dropped on the first one's place."""
    made = served.order({"script": "One.\n\nTwo.\n\nThree.", "num_scenes": 3})
    served.finish(made)
    page.goto(f"/#/jobs/{made}/script")
    third = page.locator(".line .side").nth(2)
    third.drag_to(page.locator(".line").nth(0))
    expect(said(page, 1)).to_have_value("Three.")
    expect(page.locator("#plan")).not_to_contain_text("Saving")

    assert narrations(page, served, made) == ["Three.", "One.", "Two."]


def test_review_first(page: Page, served: Served) -> None:
    """The script stops for the user: move, split, join, lock; then the film is made."""
    open_page(page)
    page.get_by_role("textbox", name="My own text").fill("One.\n\nTwo.\n\nThree. Four.")
    page.get_by_text("Story", exact=True).click()
    page.get_by_label("Scenes").fill("3")
    page.get_by_role("button", name="Review the script first").click()
    made = job_id(page)
    page.get_by_role("button", name="Move scene 1 down").click()
    expect(said(page, 1)).to_have_value("Two.")
    page.get_by_role("button", name="Split scene 3 at the cursor").click()
    expect(page.locator(".line")).to_have_count(4)
    page.get_by_role("button", name="Join scene 1 with the next").click()
    expect(page.locator(".line")).to_have_count(3)
    page.get_by_role("switch", name="Lock scene 2").check()
    expect(said(page, 2)).not_to_be_editable()
    said(page, 2).press("Alt+ArrowUp")
    expect(said(page, 1)).to_have_value("Three.")
    page.get_by_role("button", name="Make the film").click()
    finished(page)

    assert narrations(page, served, made) == ["Three.", "Two. One.", "Four."]


def test_a_scene_is_seen_in_another_shot(page: Page, served: Served) -> None:
    """Chosen on its card, it begins the picture in words; only the picture is redone."""
    made = served.order({"script": "A moth slept.\n\nA crow sang.", "num_scenes": 2})
    served.finish(made)
    page.goto(f"/#/jobs/{made}/script")
    shot = page.get_by_label("Shot of scene 1")
    prompt = page.get_by_role("textbox", name="Picture of scene 1")
    expect(shot).to_have_value("establishing shot")
    offered = shot.locator("option").evaluate_all("all => all.map(one => one.value)")
    assert offered == ["", *SHOTS]
    words = prompt.input_value().partition(" of ")[2]
    shot.select_option("close-up")
    expect(prompt).to_have_value(f"Close-up of {words}")
    expect(page.locator(".line").first).to_contain_text("its picture, its clip")
    shot.select_option("no shot named")
    expect(shot).to_have_value("")
    expect(prompt).to_have_value(words[0].upper() + words[1:])
    prompt.fill("Wide shot of a moth")
    prompt.press("Tab")
    expect(shot).to_have_value("wide shot")
    page.get_by_role("switch", name="Lock scene 1").check()

    expect(shot).to_be_disabled()


def test_what_a_change_makes_anew_is_said_before(page: Page) -> None:
    """The line above Render names the pieces; an earlier version can be taken back."""
    made = make_film(page, scenes=2)
    finished(page)
    page.goto(f"/#/jobs/{made}/script")
    render = page.get_by_role("button", name="Render what changed")
    expect(render).to_be_disabled()
    said(page, 2).press_sequentially(" And more.")
    page.keyboard.press("Tab")
    expect(page.locator("#plan")).to_contain_text("voice")
    expect(render).to_be_enabled()
    page.get_by_text("History").click()
    page.get_by_role("button", name="Take version 1 back").click()

    expect(render).to_be_disabled()


def test_a_topic_is_written_and_a_scene_rewritten(page: Page) -> None:
    """The script comes while the page waits; of two ways to tell a scene one is taken."""
    open_page(page)
    page.get_by_label("A topic").check()
    expect(page.locator("#words-count")).to_contain_text("openai")
    page.get_by_role("textbox", name="A topic").fill("The last lighthouse")
    page.get_by_text("Story", exact=True).click()
    page.get_by_label("Scenes").fill("3")
    page.get_by_role("button", name="Review the script first").click()
    expect(page.locator(".line")).to_have_count(3)
    before = said(page, 2).input_value()
    page.get_by_role("button", name="Rewrite scene 2").click()
    page.get_by_label("What shall be otherwise?").fill("it rains")
    page.get_by_role("button", name="Suggest").click()
    page.get_by_role("button", name="Take number 1").click()
    expect(page.get_by_role("dialog")).to_have_count(0)

    expect(said(page, 2)).not_to_have_value(before)
    page.goto(f"/#/jobs/{job_id(page)}")
    expect(page.locator(".heading")).to_contain_text("Script by llama3.1: 270 tokens")


def said(page: Page, number: int) -> Any:
    """The field with the words of a scene."""
    return page.get_by_role("textbox", name=f"Words of scene {number}")


def narrations(page: Page, served: Served, made: str) -> list[str]:
    """The words of each scene as the server has them."""
    view = page.request.get(f"{served.url}/api/jobs/{made}/script").json()
    return [scene["narration"] for scene in view["script"]["scenes"]]


def hashes(served: Served, made: str) -> dict[str, str]:
    """The SHA-256 of each file of the film."""
    return {item["name"]: item["sha256"] for item in served.film(made)["artifacts"]}


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    """Files that are others, new or gone."""
    return {name for name in before | after if before.get(name) != after.get(name)}
