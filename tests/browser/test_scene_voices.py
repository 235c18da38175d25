"""A voice for one scene: chosen while the script is read, heard, told, and made alone."""

# ruff: noqa: RUF001 the page has typographic dashes

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.steps import finished, job_id, open_page, open_part
from tests.servers.served import Served
from tests.unit.test_worker_voices import wav

TEXT = "The moon rose. It was full.\n\nA crow woke up.\n\nIt flew away."
DAVIS = "Davis – very deep"


def reviewed(page: Page) -> str:
    """The id of a film of three scenes whose script waits to be read."""
    open_page(page)
    page.get_by_role("textbox", name="My own text").fill(TEXT)
    open_part(page, "Story")
    page.get_by_label("Scenes").fill("3")
    page.get_by_role("button", name="Review the script first").click()
    expect(page.locator(".line")).to_have_count(3)
    return job_id(page)


def voice(page: Page, number: int) -> Locator:
    """Where the voice of a scene is chosen."""
    return page.get_by_label(f"Voice of scene {number}", exact=True)


def saved(page: Page) -> None:
    """Waits until the change is on the server."""
    expect(page.locator("#plan")).not_to_contain_text("Saving")


def told(page: Page, served: Served, made: str) -> dict[str, Any]:
    """The script as the server has it."""
    return dict(page.request.get(f"{served.url}/api/jobs/{made}/script").json())


def said_of(page: Page, number: int) -> Locator:
    """The line of a scene's card that says who speaks it."""
    return page.locator(".cards .card").nth(number - 1).locator(".by")


def test_a_voice_is_chosen_in_the_review_and_changed_after_it(
    page: Page, served: Served
) -> None:
    """Named on every card; the second time only that scene's voice is made anew."""
    made = reviewed(page)
    expect(voice(page, 2)).to_have_value("")
    shown = voice(page, 2).locator("option").first
    expect(shown).to_have_text("Film's voice: Aria – clear narrator")
    voice(page, 2).select_option(DAVIS)
    saved(page)
    page.get_by_role("button", name="Make the film").click()
    finished(page)
    expect(said_of(page, 1)).to_have_text("Film's voice: Aria – clear narrator")
    expect(said_of(page, 2)).to_have_text(f"Its own voice: {DAVIS}")

    page.goto(f"/#/jobs/{made}/script")
    expect(voice(page, 2)).to_have_value("davis_deep")
    voice(page, 2).select_option("Nicole – soft")
    expect(page.locator(".line").nth(1)).to_contain_text("its voice, its clip")
    expect(page.locator("#plan")).to_have_text(
        "To be made: 1 voice, 1 clip, and the film."
    )
    page.get_by_role("link", name="To the film").click()
    nicole = "Its own voice: Nicole – soft"
    expect(said_of(page, 2)).to_have_text(f"{nicole} · not rendered yet")
    page.go_back()
    page.get_by_role("button", name="Render what changed").click()
    page.wait_for_url(f"**/#/jobs/{made}")  # it was taken
    served.finish(made)
    finished(page)
    units = served.film(made)["render"]["units"]

    assert {unit["id"] for unit in units if not unit["reused"]} == {
        "scene-002/voice", "scene-002/clip", "sound", "film",
    }  # fmt: skip
    expect(said_of(page, 2)).to_have_text(nicole)


def test_who_was_asked_last_is_heard(page: Page) -> None:
    """Another sentence meanwhile is no button that does nothing."""
    reviewed(page)
    held: list[Route] = []

    def hold_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route("**/api/voices/preview", hold_first)
    for number in (1, 2):
        page.get_by_role("button", name=f"Listen to scene {number}").click()
    expect(page.locator(".line").nth(1).locator(".heard")).to_be_visible()
    with page.expect_response("**/api/voices/preview") as late:
        held[0].continue_()
    late.value.finished()
    page.wait_for_timeout(200)

    expect(page.locator(".heard")).to_have_count(1)
    expect(page.locator(".line").nth(1).locator(".heard")).to_be_visible()


def test_what_was_heard_of_one_scene_is_not_heard_of_another(
    page: Page, served: Served
) -> None:
    """The dialog of the next scene is silent, until its button is pressed."""
    made = served.order({"script": TEXT, "num_scenes": 3})
    served.finish(made)
    page.goto(f"/#/jobs/{made}/scenes/1")
    page.get_by_role("button", name="Listen to scene 1").click()
    expect(page.locator(".heard")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Open scene 2").click()
    expect(page.get_by_role("button", name="Listen to scene 2")).to_be_visible()

    expect(page.locator(".heard")).to_have_count(0)


def test_voices_of_scenes_come_back_with_a_project(
    page: Page, served: Served, tmp_path: Path
) -> None:
    """A project.zip brings them along; the order has them until the text is cut anew."""
    scenes = [
        {
            "narration": "The moon rose.",
            "image_prompt": "a moon",
            "voice": "davis_deep",
        },
        {"narration": "A crow woke up.", "image_prompt": "a crow"},
    ]
    made = served.order({"scenes": scenes, "title": "Two voices", "seed": 5})
    served.finish(made)
    reply = page.request.get(f"{served.url}/api/download/{made}/project.zip")
    project = tmp_path / "project.zip"
    project.write_bytes(reply.body())
    open_page(page)
    page.get_by_label("Open a file").set_input_files(project)
    words = page.get_by_role("textbox", name="My own text")
    expect(words).to_have_value("The moon rose.\n\nA crow woke up.")
    told_scenes = page.locator(".told")
    expect(told_scenes).to_contain_text("2 scenes came along as they were, 1 of them")
    page.reload()
    expect(told_scenes).to_be_visible()
    words.fill("The moon rose late.")
    expect(told_scenes).to_have_count(0)
    words.fill("The moon rose.\n\nA crow woke up.")
    with page.expect_request("**/api/generate-video") as sent:
        page.get_by_role("button", name="Make the film").click()
    order = json.loads(sent.value.post_data or "")
    assert [scene.get("voice") for scene in order["scenes"]] == ["davis_deep", None]
    assert "script" not in order
    finished(page)
    expect(said_of(page, 1)).to_have_text(f"Its own voice: {DAVIS}")
    page.goto("/")
    page.get_by_role("button", name="Cut it anew").click()
    expect(told_scenes).to_have_count(0)
    with page.expect_request("**/api/generate-video") as sent:
        page.get_by_role("button", name="Make the film").click()

    assert "scenes" not in json.loads(sent.value.post_data or "")


def test_a_voice_is_chosen_by_keys_and_taken_back(page: Page, served: Served) -> None:
    """Tab leads from the prompt to it; a lock keeps it; a split takes it along."""
    made = reviewed(page)
    page.get_by_role("textbox", name="Picture of scene 1").focus()
    page.keyboard.press("Tab")
    expect(voice(page, 1)).to_be_focused()
    page.keyboard.type("Davis")
    page.keyboard.press("Tab")
    expect(voice(page, 1)).to_have_value("davis_deep")
    saved(page)
    page.get_by_role("switch", name="Lock scene 1").check()
    expect(voice(page, 1)).to_be_disabled()
    page.get_by_role("switch", name="Lock scene 1").uncheck()
    page.get_by_role("button", name="Split scene 1").click()
    expect(page.locator(".line")).to_have_count(4)
    saved(page)
    scenes = told(page, served, made)["script"]["scenes"]
    voice(page, 1).select_option("")
    saved(page)
    after = told(page, served, made)["script"]["scenes"]

    assert [scene["voice"] for scene in scenes] == ["davis_deep"] * 2 + [None] * 2
    assert [scene["voice"] for scene in after] == [None, "davis_deep", None, None]


def test_a_scene_is_heard_in_its_voice(page: Page) -> None:
    """Its first sentence, as the film would speak it; one place on the page at a time."""
    asked: list[Any] = []
    page.on("request", lambda r: asked.append(r) if "voices/preview" in r.url else None)
    reviewed(page)
    voice(page, 1).select_option(DAVIS)
    saved(page)
    page.get_by_role("button", name="Listen to scene 1").click()
    expect(page.locator(".line").nth(0).locator("audio")).to_be_visible()
    page.get_by_role("button", name="Listen to scene 2").click()
    expect(page.locator(".line").nth(1).locator("audio")).to_be_visible()
    expect(page.locator(".line audio")).to_have_count(1)

    orders = [json.loads(request.post_data) for request in asked]
    assert [(order["text"], order["voice_id"]) for order in orders] == [
        ("The moon rose.", "davis_deep"),
        ("A crow woke up.", "aria"),
    ]
    assert orders[0]["language"] == "en"


def test_only_voices_of_the_engine_can_be_chosen(page: Page) -> None:
    """As the worker tells them, in the script as in Make."""

    def two(route: Any) -> None:
        reply = route.fetch()
        body = reply.json()
        for engine in body["engines"]:
            if engine["kind"] == "voice":
                engine["voices"] = ["aria", "guy"]
        route.fulfill(response=reply, json=body)

    page.route("**/api/capabilities", two)
    reviewed(page)
    chosen = voice(page, 1).locator("option")
    page.goto("/#/make")
    open_part(page, "Voice")
    narrators = page.get_by_label("Narrator").locator("option")
    expect(narrators).to_have_count(2)
    page.go_back()

    expect(chosen).to_have_count(3)
    assert chosen.evaluate_all("all => all.map(one => one.value)") == [
        *("", "guy", "aria"),
    ]


def test_a_sample_speaks_every_scene(
    page: Page, served: Served, tmp_path: Path
) -> None:
    """There is nothing to choose then, and that is said."""
    sound = wav(tmp_path / "me.wav", 6.0).read_bytes()
    sent = page.request.post(
        f"{served.url}/api/voice-samples", data=sound,
        headers={"Content-Type": "audio/wav"},
    )  # fmt: skip
    sample = {"voice_sample": sent.json()["sha256"], "voice_consent": True}
    made = served.order({"script": TEXT, "num_scenes": 3, "review": True} | sample)
    open_page(page, f"/#/jobs/{made}/script")

    expect(page.locator(".line .who")).to_have_text(["Film's voice: of a sample"] * 3)
    expect(voice(page, 1)).to_have_count(0)


def test_the_open_scene_has_another_voice(page: Page, served: Served) -> None:
    """In the dialog of a finished film, rendered at once."""
    made = reviewed(page)
    page.get_by_role("button", name="Make the film").click()
    finished(page)
    page.get_by_role("link", name="Open scene 3").click()
    again = page.get_by_role("button", name="Render this change")
    expect(again).to_be_disabled()
    voice(page, 3).select_option(DAVIS)
    again.click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    served.finish(made)
    finished(page)

    expect(said_of(page, 3)).to_have_text(f"Its own voice: {DAVIS}")
    voices = [s["voice"] for s in told(page, served, made)["script"]["scenes"]]
    assert voices == [None, None, "davis_deep"]
