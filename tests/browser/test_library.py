"""The library: find, reuse, remix, compare, delete and take back; files restore settings."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect

from colab_worker.film.png_text import add_text
from tests.browser.steps import open_page
from tests.servers.served import Served

TEXT = "A moth circled the lamp.\n\nThe lamp went out."


@pytest.fixture(scope="module")
def moth(served: Served) -> str:
    """A finished film with settings of its own."""
    made = served.order(
        {"script": TEXT, "title": "The moth", "num_scenes": 2, "seed": 77}
        | {"image_style": "noir", "voice_id": "brian", "auto_captions": True}
    )
    served.finish(made)
    return made


@pytest.mark.parametrize("words", ["moth", "MOTH noir", "brian 77", "papercut moth"])
def test_found_by_title_and_settings(page: Page, moth: str, words: str) -> None:
    """Only what fits every word of the search is shown."""
    page.goto("/#/library")
    page.get_by_label("Search by title").fill(words)

    expect(page.locator(".film")).to_have_count(1)
    expect(page.locator(".film img")).to_be_visible()


def test_found_by_engine(page: Page, moth: str) -> None:
    """The filter has the engines that made these films, and no other."""
    page.route("**/api/jobs", with_another)
    page.goto("/#/library")
    engine = page.get_by_label("Made by")
    expect(engine.locator("option")).to_have_text(
        ["by any engine", "espeak", "papercut", "sdxl"]
    )
    engine.select_option("sdxl")
    expect(page.locator(".film h2")).to_have_text(["Elsewhere"])
    page.get_by_label("Search by title").fill("moth")

    expect(page.get_by_text("No film fits")).to_be_visible()


def test_the_queue_is_a_list_to_read(page: Page, moth: str) -> None:
    """Name, place, age and cancel of each film in the making; all at once after a yes."""
    page.route("**/api/jobs", with_open_ones)
    page.goto("/#/library")
    lines = page.locator(".queue li")
    expect(lines.first).to_contain_text("First")
    expect(lines.nth(1)).to_contain_text("number 2 in the queue")
    page.route("**/cancel", lambda route: route.fulfill(json={}))
    with page.expect_request("**/second-film/cancel"):
        lines.nth(1).get_by_role("button", name="Cancel Second").click()
    page.once("dialog", lambda dialog: dialog.accept())
    with page.expect_request("**/first-film/cancel"):
        page.get_by_role("button", name="Cancel all 2").click()
    page.unroute_all(behavior="wait")


def with_another(route: Route) -> None:
    """The moth, and a film that another engine made."""
    reply = route.fetch()
    told = reply.json()
    moth = moth_in(told)
    other = moth | {"job_id": "another-film", "title": "Elsewhere"}
    other |= {"engines": ["sdxl", "espeak"], "poster": None}
    route.fulfill(response=reply, json=told | {"jobs": [moth, other]})


def with_open_ones(route: Route) -> None:
    """The moth, and two films in the making, newest first."""
    reply = route.fetch()
    told = reply.json()
    moth = moth_in(told)
    waiting = moth | {"state": "sent_to_colab", "terminal": False}
    waiting |= {"progress": 40, "poster": None}
    told["jobs"] = [
        waiting | {"job_id": "second-film", "title": "Second", "queue_position": 2},
        waiting | {"job_id": "first-film", "title": "First", "queue_position": None},
        moth,
    ]
    route.fulfill(response=reply, json=told)


def moth_in(told: dict[str, Any]) -> dict[str, Any]:
    """The moth in the list; the library has the films of other tests, too."""
    found: dict[str, Any] = next(
        job for job in told["jobs"] if job["title"] == "The moth"
    )
    return found


def test_settings_and_seed_come_back(page: Page, moth: str) -> None:
    """Use settings fills the form as it was; the order would be the same."""
    page.goto("/#/library")
    row(page).get_by_role("button", name="Use settings").click()

    check_form(page, "77")


def test_a_remix_has_another_seed(page: Page, moth: str) -> None:
    """All but the seed."""
    page.goto("/#/library")
    row(page).get_by_role("button", name="Remix").click()
    expect(page.locator("#image_style")).to_have_value("noir")

    assert page.locator("#seed").input_value() not in ("", "77")


def test_a_project_zip_restores_its_settings(
    page: Page, served: Served, moth: str, tmp_path: Path
) -> None:
    """A file that was downloaded once fills the form."""
    reply = page.request.get(f"{served.url}/api/download/{moth}/project.zip")
    file = tmp_path / "project.zip"
    file.write_bytes(reply.body())
    open_page(page)
    page.get_by_label("Open a file").set_input_files(file)

    check_form(page, "77")


@pytest.mark.parametrize("name", ["film.mp4", "scene-002-picture.png"])
def test_a_film_or_picture_restores_its_settings(
    page: Page, served: Served, moth: str, tmp_path: Path, name: str
) -> None:
    """Known by its bytes, it brings everything back; what changed is said."""
    reply = page.request.get(f"{served.url}/api/download/{moth}/{name}")
    file = tmp_path / f"renamed{Path(name).suffix}"
    file.write_bytes(reply.body())
    open_page(page)
    page.get_by_label("Open a file").set_input_files(file)

    check_form(page, "77")
    expect(page.locator(".notice")).to_contain_text("is of “The moth”")
    expect(page.locator(".notice")).to_contain_text("Style cinematic → noir")


def test_a_film_of_another_machine_tells_its_settings(
    page: Page, tmp_path: Path
) -> None:
    """From its metadata; the words stay, and the way back is there."""
    file = tmp_path / "elsewhere.mp4"
    _film(file)
    open_page(page)
    page.get_by_role("textbox", name="My own text").fill("Mine.")
    page.get_by_label("Open a file").set_input_files(file)
    expect(page.locator("#image_style")).to_have_value("watercolor")
    expect(page.locator("#voice_id")).to_have_value("emma")
    expect(page.locator("#seed")).to_have_value("4711")
    expect(page.locator("#words")).to_have_value("Mine.")
    page.get_by_role("button", name="Undo").click()

    expect(page.locator("#image_style")).to_have_value("cinematic")


def test_a_picture_of_another_machine_tells_its_settings(
    page: Page, tmp_path: Path
) -> None:
    """Style and dials, as PNG readers see them."""
    file = tmp_path / "elsewhere.png"
    Image.new("RGB", (8, 8)).save(file)
    add_text(file, {"Software": "Moonreel", "Comment": "style: noir; steps: 9"})
    open_page(page)
    page.get_by_label("Open a file").set_input_files(file)

    expect(page.locator("#image_style")).to_have_value("noir")
    assert page.evaluate("JSON.parse(localStorage['moonreel.order']).steps") == "9"


def test_the_seed_alone(page: Page, moth: str) -> None:
    """Use seed changes nothing else."""
    page.goto("/#/library")
    row(page).get_by_role("button", name="Use seed").click()
    expect(page.locator("#seed")).to_have_value("77")

    expect(page.locator("#image_style")).to_have_value("cinematic")


def test_stars_and_dates(page: Page, moth: str) -> None:
    """A starred film is found again, also after a reload; old ones can be left out."""
    page.goto("/#/library")
    page.get_by_role("button", name="Star The moth").click()
    page.reload()
    page.get_by_label("Show", exact=True).select_option("starred")
    expect(page.locator(".film")).to_have_count(1)
    expect(page.get_by_role("button", name="Star The moth")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.get_by_label("Made", exact=True).select_option("in the last week")

    expect(page.locator(".film")).to_have_count(1)


def test_two_films_side_by_side(page: Page, served: Served, moth: str) -> None:
    """Only what differs, in the words of the form; the same twice is said to be so."""
    other = served.order(
        {"script": TEXT, "title": "The moth", "num_scenes": 2, "seed": 78}
        | {"image_style": "anime", "voice_id": "brian", "auto_captions": True}
    )
    served.finish(other)
    page.goto(f"/#/compare/{moth}/{other}")
    rows = page.locator(".compare tbody tr")
    expect(rows).to_have_text(["Stylenoiranime", "Seed7778"])
    expect(page.locator(".compare video")).to_have_count(2)
    page.goto(f"/#/compare/{moth}/{moth}")

    expect(page.get_by_text("the same settings")).to_be_visible()
    page.request.delete(f"/api/jobs/{other}")


def test_a_text_file_becomes_the_words(page: Page, tmp_path: Path) -> None:
    """As if it had been pasted."""
    file = tmp_path / "story.md"
    file.write_text("Once.", encoding="utf-8")
    open_page(page)
    page.get_by_label("Open a file").set_input_files(file)

    expect(page.get_by_role("textbox", name="My own text")).to_have_value("Once.")


def test_a_file_without_settings_is_said_to_be_so(page: Page, tmp_path: Path) -> None:
    """By its name, and the form stays."""
    file = tmp_path / "noise.zip"
    file.write_bytes(b"PK nothing")
    open_page(page)
    page.get_by_label("Open a file").set_input_files(file)

    expect(page.locator(".notice")).to_contain_text("noise.zip holds neither")


def test_delete_can_be_taken_back(page: Page, served: Served) -> None:
    """Gone for the eye at once, back with Undo, gone for good without."""
    made = served.order({"script": "Short.", "title": "Fleeting", "num_scenes": 1})
    served.finish(made)
    page.clock.install()
    page.goto("/#/library")
    page.get_by_role("button", name="Delete Fleeting").click()
    expect(page.get_by_role("link", name="Open Fleeting")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="Open Fleeting")).to_be_visible()
    page.get_by_role("button", name="Delete Fleeting").click()
    with page.expect_response(f"**/api/jobs/{made}") as gone:
        page.clock.run_for(11_000)

    assert gone.value.request.method == "DELETE"
    assert gone.value.status == 204


def _film(path: Path) -> None:
    """A film as the worker's `_metadata` describes it."""
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin",
        "-f", "lavfi", "-i", "color=s=32x32:d=0.2", "-c:v", "libx264",
        "-metadata", "comment=made with Moonreel; image sdxl, voice vits; seed 4711",
        "-metadata", "description=2 scenes; pictures watercolor, voice emma, en",
        str(path),
    ]  # fmt: skip
    subprocess.run(command, check=True)


def row(page: Page) -> Locator:
    """The moth's card."""
    return page.locator(".film", has_text="The moth")


def check_form(page: Page, seed: str) -> None:
    """The form holds the moth's settings."""
    expect(page.locator("#words")).to_have_value(TEXT)
    expect(page.locator("#image_style")).to_have_value("noir")
    expect(page.locator("#voice_id")).to_have_value("brian")
    expect(page.locator("#seed")).to_have_value(seed)
    expect(page.locator("input[name=captions][value=auto]")).to_be_checked()
