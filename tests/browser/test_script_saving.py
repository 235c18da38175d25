"""Saving a script: changes at once, slow or lost answers, refusals, and others who edit."""

from __future__ import annotations

from playwright.sync_api import Page, Route, expect

from tests.browser.steps import finished
from tests.browser.test_cast import sent
from tests.browser.test_script import narrations, said
from tests.browser.watched_page import Watched
from tests.servers.served import Served


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
        write(page, number, words)
    wait_for(page, held)
    go_to(page, f"/jobs/{second}/script")
    expect(said(page, 1)).to_have_value("A toad slept.")
    go_to(page, f"/jobs/{first}/script")
    expect(said(page, 2)).to_have_value("A heron flew.")
    go_to(page, f"/jobs/{second}/script")
    with page.expect_response(f"**/{first}/script") as saved:
        held[0].continue_()
    saved.value.finished()
    becomes(page, served, first, "A newt woke.", "A heron flew.")

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
    wait_for(page, held)
    go_to(page, "/models")
    with page.expect_response(f"**/{made}/render"):
        held[0].continue_()
    while served.film(made)["attempt"] == 1:
        page.wait_for_timeout(50)
    served.finish(made)

    assert narrations(page, served, made) == ["A newt dived.", "A heron sang."]
    assert page.url.endswith("#/models")


def test_words_that_could_not_be_saved_stay(
    rough_page: Watched, served: Served
) -> None:
    """They are sent again by themselves, in order, and rendered when that is asked for."""
    page = rough_page.page
    made, _ = two_films(served)
    page.goto(f"/#/jobs/{made}/script")
    expect(said(page, 1)).to_have_value("A newt slept.")
    page.route(f"**/{made}/script", refuse)
    write(page, 1, "A newt woke. It dived.")
    expect(page.get_by_role("alert")).to_contain_text("does not answer")
    page.get_by_role("button", name="Split scene 1 at the cursor").click()
    expect(said(page, 2)).to_have_value("It dived.")
    write(page, 2, "It swam.")
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
    write(page, 1, "word " * 4200)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("narration")
    write(page, 2, "A heron flew.")
    becomes(page, served, made, "A newt slept.", "A heron flew.")
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
        wait_for(page, held)
        held[0].continue_()
    expect(
        page.get_by_role("button", name="Join scene 1 with the next")
    ).to_be_disabled()
    held.clear()
    write(page, 1, "A newt woke.")
    wait_for(page, held)
    lock.uncheck()
    page.get_by_role("button", name="Delete scene 2").click()
    held[0].continue_()
    becomes(page, served, made, "A newt woke.")


def test_a_scene_is_split_while_another_split_is_saved(
    page: Page, served: Served
) -> None:
    """Each at its own cursor; the new scenes are known before they have an id."""
    made, _ = two_films(served)
    held = held_saves(page, made)
    page.goto(f"/#/jobs/{made}/script")
    write(page, 1, "One. Two. Three.")
    wait_for(page, held)
    for number, cursor in ((1, 5), (2, 5)):
        box = said(page, number)
        box.evaluate("(box, at) => box.setSelectionRange(at, at)", cursor)
        page.get_by_role("button", name=f"Split scene {number} at the cursor").click()
    expect(said(page, 3)).to_have_value("Three.")
    write(page, 3, "Four.")
    held[0].continue_()
    wanted = ["One.", "Two.", "Four.", "A heron sang."]
    becomes(page, served, made, *wanted)
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
    write(page, 2, "A heron flew.")
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
    write(page, 1, "A newt woke.")
    expect(page.get_by_role("alert")).to_contain_text("does not answer")
    page.unroute(f"**/{made}/script")
    write(page, 2, "A heron flew.")
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
    wait_for(page, held)
    page.get_by_role("button", name="Move scene 1 down").click()
    expect(said(page, 1)).to_have_value("A finch sang.")
    held[0].continue_()
    becomes(page, served, made, "A finch sang.", "A mouse slept.")
    view = page.request.get(f"/api/jobs/{made}/script").json()
    second = view["script"]["scenes"][1]

    assert [found["name"] for found in second["references"]] == ["Ann"]


def test_a_title_given_while_words_are_saved(page: Page, served: Served) -> None:
    """Both are kept; nobody else is said to have saved meanwhile."""
    made = served.order({"script": "A hare slept.\n\nA lark sang.", "num_scenes": 2})
    served.finish(made)
    held = held_saves(page, made)
    page.goto(f"/#/jobs/{made}/script")
    write(page, 1, "A hare woke.")
    title = page.get_by_label("Title")
    title.fill("The hare")
    title.press("Tab")
    wait_for(page, held)
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
    write(page, 1, "A mole dug.")
    expect(page.get_by_role("alert")).to_contain_text("does not answer")
    page.unroute("**/script")
    write(page, 1, "A mole dug on.")
    expect(page.locator(".notice")).to_contain_text("meanwhile")
    expect(said(page, 2)).to_have_value("A crane danced.")
    write(page, 1, "A mole dug deep.")
    becomes(page, served, made, "A mole dug deep.", "A crane danced.")


def refuse(route: Route) -> None:
    """Nobody is there."""
    route.abort("connectionrefused")


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


def write(page: Page, number: int, words: str) -> None:
    """Gives a scene other words, and leaves the field."""
    said(page, number).fill(words)
    said(page, number).press("Tab")


def wait_for(page: Page, held: list[Route]) -> None:
    """Until a request is held."""
    while not held:
        page.wait_for_timeout(20)


def becomes(page: Page, served: Served, made: str, *words: str) -> None:
    """Waits until the server has just these words."""
    while narrations(page, served, made) != list(words):
        page.wait_for_timeout(50)
