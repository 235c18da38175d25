"""Captions, words and sound, clicked and saved, of a film that is really spoken."""

from __future__ import annotations

import io
import re
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.browser.conftest import DESKTOP, LIMIT_MS
from tests.browser.steps import finished, make_film
from tests.browser.watched_page import watched
from tests.servers.served import Served

STORY = "# Dusk\n\nThe moon rose.\n\n# Night\n\nA crow woke up.\n"
STAMP = r"\d\d:\d\d:\d\d[.,]\d{3} --> \d\d:\d\d:\d\d[.,]\d{3}"


@pytest.fixture
def drafts(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Page]:
    """The page of an orchestrator whose own worker has the draft engines."""
    monkeypatch.delenv("MOONREEL_ENGINES", raising=False)
    home = tmp_path / "home"
    home.mkdir()
    with Served(
        home, {"MOONREEL_WORKER": "local", "MOONREEL_FALLBACK": "draft"}
    ) as own:
        context = browser.new_context(
            base_url=own.url, accept_downloads=True, viewport=DESKTOP, locale="en-GB"
        )
        context.set_default_timeout(LIMIT_MS)
        with watched(context.new_page()) as watch:
            yield watch.page
        context.close()


def test_captions_words_and_a_voice(drafts: Page, tmp_path: Path) -> None:
    """Each is saved under its own name, and is what it says."""
    make_film(drafts, STORY, scenes=2)
    finished(drafts)

    def saved(link: Locator, name: str) -> bytes:
        with drafts.expect_download() as file:
            link.click()
        assert file.value.suggested_filename == name
        file.value.save_as(tmp_path / name)
        return (tmp_path / name).read_bytes()

    def whole(name: str) -> str:
        link = drafts.locator(".downloads").get_by_role("button", name=name)
        return saved(link, name).decode("utf-8")

    srt, vtt = whole("captions.srt"), whole("captions.vtt")
    assert re.match(rf"1\n{STAMP}\nThe moon rose\.\n", srt), srt
    assert re.match(rf"WEBVTT\n\n(1\n)?{STAMP}.*\nThe moon rose\.\n", vtt), vtt
    assert all("A crow woke up." in cues for cues in (srt, vtt))
    assert whole("narration.txt") == (
        "Dusk\n\nThe moon rose.\n\nNight\n\nA crow woke up.\n"
    )
    drafts.get_by_text("Pictures, voices and clips").click()
    voice = drafts.get_by_role("link", name="scene-002-voice.wav")
    with wave.open(io.BytesIO(saved(voice, "scene-002-voice.wav"))) as sound:
        frames = sound.readframes(sound.getnframes())
        assert sound.getnframes() / sound.getframerate() > 0.5
    assert any(frames)
