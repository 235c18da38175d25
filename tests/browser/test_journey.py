"""From a text to a film in the browser."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import finished, job_id, make_film, open_page

#: Plays without sound until the picture has moved.
PLAY = """video => new Promise((done, fail) => {
  video.muted = true;
  video.onerror = () => fail(video.error);
  video.ontimeupdate = () => {
    if (video.currentTime > 0) done([video.videoWidth, video.currentTime]);
  };
  video.play().catch(fail);
})"""


def test_a_text_and_one_button_make_a_film_that_plays(page: Page) -> None:
    """Cards fill with pictures; the mp4 really plays; the film can be taken away."""
    make_film(page)
    expect(page.locator(".cards .card")).to_have_count(4)
    expect(page.locator(".cards img")).to_have_count(4)
    finished(page)

    video = page.locator(".player video")
    width, moved = video.evaluate(PLAY)

    assert width > 0
    assert moved > 0


def test_downloads(page: Page, tmp_path: Path) -> None:
    """The film, its captions and each scene's files are there to be taken."""
    make_film(page, scenes=2)
    finished(page)
    with page.expect_download() as film:
        page.get_by_role("button", name="Film", exact=False).first.click()
    film.value.save_as(tmp_path / "film.mp4")
    page.get_by_text("Pictures, voices and clips").click()
    with page.expect_download() as picture:
        page.get_by_role("link", name="scene-001-picture.png").click()

    assert (tmp_path / "film.mp4").read_bytes()[4:8] == b"ftyp"
    assert picture.value.suggested_filename == "scene-001-picture.png"


def test_reload_in_the_middle_loses_nothing(page: Page) -> None:
    """The address is the view: the same film goes on after a reload."""
    made = make_film(page)
    page.reload()
    finished(page)

    assert job_id(page) == made


def test_the_header_follows_the_worker_without_a_reload(page: Page) -> None:
    """It says what is connected as soon as that is known."""
    open_page(page)

    expect(page.locator(".worker-badge")).to_have_text("Connected")


def test_what_was_typed_survives_a_reload(page: Page) -> None:
    """The form is kept in the browser."""
    open_page(page)
    page.get_by_role("textbox", name="My own text").fill("Once upon a time.")
    page.reload()

    expect(page.get_by_role("textbox", name="My own text")).to_have_value(
        "Once upon a time."
    )


def test_downloads_that_tell_nothing(page: Page, tmp_path: Path) -> None:
    """The switch is kept; film and picture then carry no word about themselves."""
    made = make_film(page, scenes=2)
    finished(page)
    page.get_by_text("Pictures, voices and clips").click()
    film = page.locator(".downloads a.main")
    picture = page.get_by_role("link", name="scene-001-picture.png")
    told = taken(page, film, tmp_path), taken(page, picture, tmp_path)
    page.get_by_role("switch", name="Strip metadata on download").check()
    page.reload()
    assert job_id(page) == made
    expect(page.get_by_role("switch", name="Strip metadata")).to_be_checked()
    page.get_by_text("Pictures, voices and clips").click()
    bare = taken(page, film, tmp_path), taken(page, picture, tmp_path)

    assert b"\xa9cmt" in told[0] and b"\xa9cmt" not in bare[0]
    assert b"Moonreel" in told[1] and b"seed" in told[1]
    assert b"Moonreel" not in bare[1] and b"iTXt" not in bare[1]
    assert bare[1].startswith(b"\x89PNG")


def taken(page: Page, link: Locator, folder: Path) -> bytes:
    """What the browser saves."""
    with page.expect_download() as file:
        link.click()
    file.value.save_as(folder / "taken")
    return (folder / "taken").read_bytes()
