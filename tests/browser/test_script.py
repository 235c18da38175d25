"""Reading, editing and rendering again: only what changed is made anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route, expect

from shared_protocol.kit.text_scenes.prompts import SHOTS
from shared_protocol.specs import picture_seed
from tests.browser.steps import finished, job_id, make_film, open_page
from tests.browser.test_cast import sent
from tests.browser.watched_page import Watched
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


def test_what_is_typed_while_a_change_is_saved_stays(
    page: Page, served: Served
) -> None:
    """The reply to an earlier change does not take the place of new words."""
    made = served.order({"script": "A moth slept.\n\nA crow sang.", "num_scenes": 2})
    served.finish(made)
    held = held_saves(page, made)
    page.goto(f"/#/jobs/{made}/script")
    with page.expect_request(lambda request: request.method == "PUT"):
        page.get_by_label("Shot of scene 1").select_option("close-up")
    said(page, 2).fill("A crow flew.")
    held[0].continue_()
    expect(page.locator(".line").first).to_contain_text("its picture, its clip")
    expect(said(page, 2)).to_have_value("A crow flew.")
    said(page, 2).press("Tab")
    expect(page.locator(".line").nth(1)).to_contain_text("its voice")

    assert narrations(page, served, made) == ["A moth slept.", "A crow flew."]


def test_changes_are_saved_though_another_film_is_opened(
    page: Page, served: Served
) -> None:
    """A reply that comes late is not shown there; back at the first one all is there."""
    first, second = two_films(served)
    held = held_saves(page, first)
    page.goto(f"/#/jobs/{first}/script")
    for number, words in ((1, "A newt woke."), (2, "A heron flew.")):
        said(page, number).fill(words)
        said(page, number).press("Tab")
    while not held:
        page.wait_for_timeout(20)
    go_to(page, f"/jobs/{second}/script")
    expect(said(page, 1)).to_have_value("A toad slept.")
    go_to(page, f"/jobs/{first}/script")
    expect(said(page, 2)).to_have_value("A heron flew.")
    go_to(page, f"/jobs/{second}/script")
    with page.expect_response(f"**/{first}/script") as saved:
        held[0].continue_()
    saved.value.finished()
    while narrations(page, served, first) != ["A newt woke.", "A heron flew."]:
        page.wait_for_timeout(50)

    expect(said(page, 1)).to_have_value("A toad slept.")
    go_to(page, f"/jobs/{first}/script")
    expect(said(page, 1)).to_have_value("A newt woke.")


def test_an_order_to_render_holds_though_one_looks_elsewhere(
    page: Page, served: Served
) -> None:
    """Its change is saved and rendered, and nobody is called back to it."""
    made, _ = two_films(served)
    held = held_saves(page, made)
    page.goto(f"/#/jobs/{made}/scenes/1")
    page.get_by_role("textbox", name="Words").fill("A newt dived.")
    page.get_by_role("button", name="Render this change").click()
    while not held:
        page.wait_for_timeout(20)
    go_to(page, "/models")
    with page.expect_response(f"**/{made}/render"):
        held[0].continue_()
    while served.film(made)["attempt"] == 1:
        page.wait_for_timeout(50)
    served.finish(made)

    assert narrations(page, served, made) == ["A newt dived.", "A heron sang."]
    assert page.url.endswith("#/models")


def refuse(route: Route) -> None:
    """Nobody is there."""
    route.abort("connectionrefused")


def test_words_that_could_not_be_saved_stay(
    rough_page: Watched, served: Served
) -> None:
    """They are sent again by themselves, in order, and rendered when that is asked for."""
    page = rough_page.page
    made, _ = two_films(served)
    page.goto(f"/#/jobs/{made}/script")
    expect(said(page, 1)).to_have_value("A newt slept.")
    page.route(f"**/{made}/script", refuse)
    said(page, 1).fill("A newt woke. It dived.")
    said(page, 1).press("Tab")
    expect(page.get_by_role("alert")).to_contain_text("does not answer")
    page.get_by_role("button", name="Split scene 1 at the cursor").click()
    expect(said(page, 2)).to_have_value("It dived.")
    said(page, 2).fill("It swam.")
    said(page, 2).press("Tab")
    page.get_by_role("button", name="Move scene 1 down").click()
    page.get_by_role("switch", name="Lock scene 3").check()
    expect(said(page, 1)).to_have_value("It swam.")
    page.unroute(f"**/{made}/script")
    expect(page.get_by_role("alert")).to_have_count(0)
    words = ["It swam.", "A newt woke.", "A heron sang."]
    assert narrations(page, served, made) == words

    page.route(f"**/{made}/render", refuse)
    render = page.get_by_role("button", name="Render what changed")
    render.click()
    expect(page.get_by_role("alert")).to_contain_text("does not answer")
    page.unroute(f"**/{made}/render")
    render.click()
    finished(page)
    view = page.request.get(f"/api/jobs/{made}/script").json()

    assert [scene["locked"] for scene in view["script"]["scenes"]] == [
        False,
        False,
        True,
    ]
    assert narrations(page, served, made) == words


def test_a_change_that_cannot_be_holds_up_no_other(
    rough_page: Watched, served: Served
) -> None:
    """It stays to be put right, or is given up; the others are saved without it."""
    page = rough_page.page
    made, _ = two_films(served)
    page.goto(f"/#/jobs/{made}/script")
    said(page, 1).fill("word " * 4200)
    said(page, 1).press("Tab")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("narration")
    said(page, 2).fill("A heron flew.")
    said(page, 2).press("Tab")
    while narrations(page, served, made) != ["A newt slept.", "A heron flew."]:
        page.wait_for_timeout(50)
    expect(alert).to_contain_text("narration")
    expect(page.locator("#plan")).to_have_text("Not all changes are saved.")
    assert said(page, 1).input_value().startswith("word word")
    page.get_by_role("button", name="Give up what could not be saved").click()
    expect(said(page, 1)).to_have_value("A newt slept.")
    expect(alert).to_have_count(0)


def test_unlocked_and_deleted_while_a_change_is_saved(
    rough_page: Watched, served: Served
) -> None:
    """What only goes one after another is sent so."""
    page = rough_page.page
    made, _ = two_films(served)
    held = held_saves(page, made)
    page.goto(f"/#/jobs/{made}/script")
    lock = page.get_by_role("switch", name="Lock scene 2")
    with page.expect_response(f"**/{made}/script"):
        lock.check()
        while not held:
            page.wait_for_timeout(20)
        held[0].continue_()
    expect(
        page.get_by_role("button", name="Join scene 1 with the next")
    ).to_be_disabled()
    held.clear()
    said(page, 1).fill("A newt woke.")
    said(page, 1).press("Tab")
    while not held:
        page.wait_for_timeout(20)
    lock.uncheck()
    page.get_by_role("button", name="Delete scene 2").click()
    held[0].continue_()
    while narrations(page, served, made) != ["A newt woke."]:
        page.wait_for_timeout(50)


def test_a_scene_is_split_while_another_split_is_saved(
    page: Page, served: Served
) -> None:
    """Each at its own cursor; the new scenes are known before they have an id."""
    made, _ = two_films(served)
    held = held_saves(page, made)
    page.goto(f"/#/jobs/{made}/script")
    said(page, 1).fill("One. Two. Three.")
    said(page, 1).press("Tab")
    while not held:
        page.wait_for_timeout(20)
    for number, cursor in ((1, 5), (2, 5)):
        box = said(page, number)
        box.evaluate("(box, at) => box.setSelectionRange(at, at)", cursor)
        page.get_by_role("button", name=f"Split scene {number} at the cursor").click()
    expect(said(page, 3)).to_have_value("Three.")
    said(page, 3).fill("Four.")
    said(page, 3).press("Tab")
    held[0].continue_()
    wanted = ["One.", "Two.", "Four.", "A heron sang."]
    while narrations(page, served, made) != wanted:
        page.wait_for_timeout(50)
    page.get_by_role("button", name="Move scene 3 down").click()
    expect(said(page, 4)).to_have_value("Four.")


def test_a_scene_left_out_before_words_were_saved(
    rough_page: Watched, served: Served
) -> None:
    """The words go to their own scene; an order whose answer was lost is not doubled."""
    page = rough_page.page
    made, _ = two_films(served)
    page.goto(f"/#/jobs/{made}/script")
    expect(said(page, 1)).to_have_value("A newt slept.")
    page.route(f"**/{made}/script", refuse)
    said(page, 2).fill("A heron flew.")
    said(page, 2).press("Tab")
    expect(page.get_by_role("alert")).to_contain_text("does not answer")
    go_to(page, f"/jobs/{made}/scenes/1")
    page.unroute(f"**/{made}/script")
    lost = []

    def lose(route: Route) -> None:
        if "leave_out" in (route.request.post_data or "") and not lost:
            lost.append(route.fetch().status)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(f"**/{made}/script", lose)
    leave = page.get_by_role("button", name="Leave this scene out")
    leave.click()
    while not lost:
        page.wait_for_timeout(20)
    expect(page.get_by_role("dialog").get_by_role("alert")).to_be_visible()
    assert lost == [200]
    page.get_by_role("button", name="Render this change").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    served.finish(made)
    expect(page.locator(".cards .card")).to_have_count(1)

    assert narrations(page, served, made) == ["A heron flew."]
    expect(page.locator(".notice").filter(has_text="meanwhile")).to_have_count(0)


def test_a_change_whose_answer_was_lost_is_ones_own(
    rough_page: Watched, served: Served
) -> None:
    """It was saved: the next one goes on from there, and nobody else is blamed."""
    page = rough_page.page
    made, _ = two_films(served)
    page.goto(f"/#/jobs/{made}/script")

    def lose(route: Route) -> None:
        if route.request.method == "PUT":
            route.fetch()
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(f"**/{made}/script", lose)
    said(page, 1).fill("A newt woke.")
    said(page, 1).press("Tab")
    expect(page.get_by_role("alert")).to_contain_text("does not answer")
    page.unroute(f"**/{made}/script")
    said(page, 2).fill("A heron flew.")
    said(page, 2).press("Tab")
    expect(page.locator(".line").nth(1)).to_contain_text("its voice")
    expect(page.get_by_role("alert")).to_have_count(0)

    assert narrations(page, served, made) == ["A newt woke.", "A heron flew."]
    expect(page.locator(".notice")).to_have_count(0)


def test_who_is_named_in_a_picture_stays_in_it(page: Page, served: Served) -> None:
    """What the server adds to a change is not undone by one made before its reply."""
    ann = {"name": "Ann", "description": "a girl", "reference": sent(served, "teal")}
    made = served.order(
        {"script": "A mouse slept.\n\nA finch sang.", "num_scenes": 2}
        | {"characters": [ann], "review": True}
    )
    held = held_saves(page, made)
    page.goto(f"/#/jobs/{made}/script")
    prompt = page.get_by_role("textbox", name="Picture of scene 1")
    prompt.fill("Ann beside a mouse")
    prompt.press("Tab")
    while not held:
        page.wait_for_timeout(20)
    page.get_by_role("button", name="Move scene 1 down").click()
    expect(said(page, 1)).to_have_value("A finch sang.")
    held[0].continue_()
    while narrations(page, served, made) != ["A finch sang.", "A mouse slept."]:
        page.wait_for_timeout(50)
    view = page.request.get(f"/api/jobs/{made}/script").json()
    second = view["script"]["scenes"][1]

    assert [found["name"] for found in second["references"]] == ["Ann"]


def test_a_title_given_while_words_are_saved(page: Page, served: Served) -> None:
    """Both are kept; nobody else is said to have saved meanwhile."""
    made = served.order({"script": "A hare slept.\n\nA lark sang.", "num_scenes": 2})
    served.finish(made)
    held = held_saves(page, made)
    page.goto(f"/#/jobs/{made}/script")
    said(page, 1).fill("A hare woke.")
    said(page, 1).press("Tab")
    title = page.get_by_label("Title")
    title.fill("The hare")
    title.press("Tab")
    while not held:
        page.wait_for_timeout(20)
    with page.expect_response(lambda r: "The hare" in (r.request.post_data or "")):
        held[0].continue_()
    expect(page.locator("#plan")).to_contain_text("voice")
    expect(title).to_have_value("The hare")
    view = page.request.get(f"/api/jobs/{made}/script").json()

    assert view["script"]["title"] == "The hare"
    assert narrations(page, served, made) == ["A hare woke.", "A lark sang."]
    expect(page.locator(".notice")).to_have_count(0)


def test_changes_after_a_conflict_are_saved(
    rough_page: Watched, served: Served
) -> None:
    """Also when the version of the others could not be read."""
    page = rough_page.page
    made = served.order({"script": "A mole slept.\n\nA crane sang.", "num_scenes": 2})
    served.finish(made)
    page.goto(f"/#/jobs/{made}/script")
    expect(said(page, 1)).to_have_value("A mole slept.")
    theirs = page.request.get(f"/api/jobs/{made}/script").json()
    scenes = theirs["script"]["scenes"]
    scenes[1]["narration"] = "A crane danced."
    edit = {"version": theirs["version"], "scenes": scenes}
    assert page.request.put(f"/api/jobs/{made}/script", data=edit).ok

    def away(route: Route) -> None:
        if route.request.method == "GET":
            route.abort("connectionrefused")
        else:
            route.continue_()

    page.route("**/script", away)
    said(page, 1).fill("A mole dug.")
    said(page, 1).press("Tab")
    expect(page.get_by_role("alert")).to_contain_text("does not answer")
    page.unroute("**/script")
    said(page, 1).fill("A mole dug on.")
    said(page, 1).press("Tab")
    expect(page.locator(".notice")).to_contain_text("meanwhile")
    expect(said(page, 2)).to_have_value("A crane danced.")
    said(page, 1).fill("A mole dug deep.")
    said(page, 1).press("Tab")
    while narrations(page, served, made) != ["A mole dug deep.", "A crane danced."]:
        page.wait_for_timeout(50)


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


def two_films(served: Served) -> tuple[str, str]:
    """The ids of two finished films, of a newt and a toad."""
    newt, toad = (
        served.order({"script": text, "num_scenes": 2})
        for text in ("A newt slept.\n\nA heron sang.", "A toad slept.\n\nA wren sang.")
    )
    for made in (newt, toad):
        served.finish(made)
    return newt, toad


def go_to(page: Page, place: str) -> None:
    """As a link does it: the page stays."""
    page.evaluate("place => { location.hash = `#${place}`; }", place)


def held_saves(page: Page, made: str) -> list[Route]:
    """The first change of that film waits there; the others go on."""
    held: list[Route] = []

    def hold_first(route: Route) -> None:
        if route.request.method == "PUT" and not held:
            held.append(route)
        else:
            route.continue_()

    page.route(f"**/{made}/script", hold_first)
    return held


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
