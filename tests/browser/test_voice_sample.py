"""A voice of one's own in Make: a sample, its length, and the consent that is recorded."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks.simulated import ENGINES
from tests.browser.conftest import LIMIT_MS, SECONDS
from tests.browser.steps import finished, job_id, open_page, open_part
from tests.browser.test_everyone import violations
from tests.browser.watched_page import watched
from tests.servers.served import Served
from tests.unit.test_worker_voices import wav
from tests.workers import TOKEN, WorkerProcess

CLONER = {
    "name": "xtts",
    "kind": "voice",
    "factory": "benchmarks.simulated:SimulatedVoice",
    "version": "simulated",
    "clones": True,
    "preference": -1,
}
TITLE = "A voice of your own"
CONSENT = "Whoever is heard in it has agreed"


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An orchestrator whose worker has an engine that speaks with a sample."""
    home = tmp_path_factory.mktemp("sample") / "home"
    home.mkdir()
    folder = tmp_path_factory.mktemp("worker")
    engines = json.dumps([*json.loads(ENGINES), CLONER])
    with WorkerProcess(folder, seconds=SECONDS, engines=engines) as worker:
        line = f"{str(worker.client.base_url).rstrip('/')}#token={TOKEN}"
        env = {"COLAB_API_URL": line, "MOONREEL_WORKER": "remote"}
        with Served(home, env) as served:
            yield served


@pytest.fixture
def cloning(browser: Browser, studio: Served) -> Iterator[Page]:
    """A page of that orchestrator."""
    context = browser.new_context(base_url=studio.url, locale="en-GB")
    context.set_default_timeout(LIMIT_MS)
    with watched(context.new_page()) as watch:
        yield watch.page
    context.close()


def test_a_film_speaks_with_a_sample(
    cloning: Page, studio: Served, tmp_path: Path
) -> None:
    """Only with consent, which the film keeps; the narrators are out of the way."""
    page, sample = cloning, wav(tmp_path / "grandma.wav", 7.0)
    open_page(page)
    page.get_by_role("textbox", name="My own text").fill("The owl hooted.")
    open_part(page, "Voice")
    field = page.get_by_label(TITLE)
    expect(field).to_be_enabled()
    field.set_input_files(sample)
    consent = page.get_by_role("checkbox", name=CONSENT)
    expect(consent).not_to_be_checked()
    expect(page.get_by_label("Narrator")).to_have_count(0)
    heard = page.locator("audio[aria-label='The voice of grandma.wav']")
    length = "a => new Promise(d => a.duration ? d(a.duration) : (a.ondurationchange = () => d(a.duration)))"
    assert heard.evaluate(length) == pytest.approx(7.0, abs=0.1)
    assert violations(page) == []

    page.get_by_role("button", name="Make the film").click()
    expect(page.locator("#refusal")).to_contain_text("needs the consent")
    expect(consent).to_be_focused()
    consent.press("Space")
    expect(consent).to_be_checked()
    page.get_by_role("button", name="Make the film").click()
    made = job_id(page)
    finished(page)
    view = studio.film(made)
    (voice,) = [u for u in view["render"]["units"] if u["kind"] == "voice"]
    project = httpx.get(f"{studio.url}/api/jobs/{made}/project", timeout=30).json()

    assert voice["engine"] == "xtts"
    assert "with consent" in voice["result"]["facts"]["voice"]
    asked = project["asked"]
    assert asked["voice_sample"] == hashlib.sha256(sample.read_bytes()).hexdigest()
    assert asked["voice_consent"] is True
    assert "voice_id" not in asked

    # Its settings again, then a voice of the vocabulary.
    page.goto("/#/library")
    page.get_by_role("button", name="Use settings").first.click()
    page.wait_for_url("**/#/make")
    open_part(page, "Voice")
    expect(page.get_by_role("checkbox", name=CONSENT)).to_be_checked()
    page.get_by_role("button", name=re.compile("^Without ")).click()
    expect(page.get_by_label("Narrator")).to_be_visible()
    expect(page.get_by_role("checkbox", name=CONSENT)).to_have_count(0)


@pytest.mark.parametrize(("seconds", "told"), [(2.0, "2.0 s"), (31.0, "31.0 s")])
def test_too_short_and_too_long_is_said_at_once(
    cloning: Page, tmp_path: Path, seconds: float, told: str
) -> None:
    """Nothing is sent; what is no sound is not either."""
    page = cloning
    sent: list[str] = []
    page.on(
        "request",
        lambda asked: sent.append(asked.url) if "voice-samples" in asked.url else None,
    )
    open_page(page)
    open_part(page, "Voice")
    page.get_by_label(TITLE).set_input_files(wav(tmp_path / "me.wav", seconds))
    expect(page.locator(".sample [role=alert]")).to_contain_text(told)
    text = tmp_path / "me.mp3"
    text.write_text("no sound")
    page.get_by_label(TITLE).set_input_files(text)
    expect(page.locator(".sample [role=alert]")).to_contain_text("cannot be read")

    assert sent == []
    expect(page.get_by_role("checkbox", name=CONSENT)).to_have_count(0)


def test_the_engines_say_who_speaks_with_what(cloning: Page, tmp_path: Path) -> None:
    """One that clones needs a sample, the others take none."""
    page = cloning
    open_page(page)
    open_part(page, "Engines")
    voices = page.locator("#engine_voice")
    cloner = voices.locator("option", has_text=re.compile("^\\s*xtts"))
    expect(cloner).to_have_js_property("disabled", True)
    expect(page.get_by_text("xtts speaks only with a sample")).to_be_visible()
    voices.select_option("espeak")
    open_part(page, "Voice")
    expect(page.get_by_label(TITLE)).to_be_disabled()
    expect(page.get_by_text("espeak, which is chosen under")).to_be_visible()
    voices.select_option("auto")
    page.get_by_label(TITLE).set_input_files(wav(tmp_path / "me.wav", 6.5))
    expect(page.get_by_role("checkbox", name=CONSENT)).to_be_visible()
    expect(cloner).to_have_js_property("disabled", False)
    expect(
        voices.locator("option", has_text=re.compile("^\\s*espeak"))
    ).to_have_js_property("disabled", True)
    expect(voices.locator("option:checked")).to_contain_text("xtts")


def test_a_worker_without_one_says_how_it_gets_it(page: Page) -> None:
    """With the reason that the worker gives."""
    open_page(page)
    open_part(page, "Voice")
    expect(page.get_by_label(TITLE)).to_be_disabled()
    hint = page.locator("#voice_sample-hint")
    expect(hint).to_contain_text("xtts speaks with a sample, but not here yet")
