"""The form: what is chosen is what is ordered, what cannot be done is said."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import wave
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.browser.steps import job_id, open_page, open_part
from tests.browser.test_everyone import violations
from tests.browser.test_models_page import model
from tests.browser.watched_page import Watched
from tests.servers.served import Served


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


def test_an_order_without_an_answer_is_sent_again_as_the_same(
    rough_page: Watched,
) -> None:
    """It was carried out, and its answer lost: pressing again makes no second film."""
    page = rough_page.page
    lost: list[str] = []

    def lose(route: Route) -> None:
        lost.append(route.fetch().json()["job_id"])
        route.abort("connectionreset")

    open_page(page)
    page.get_by_role("textbox", name="My own text").fill("A stoat hid.")
    page.route("**/api/generate-video", lose)
    make = page.get_by_role("button", name="Make the film")
    make.click()
    expect(page.locator("#refusal")).to_contain_text("does not answer")
    page.unroute("**/api/generate-video")
    make.click()

    assert job_id(page) == lost[0]


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
    expect(page.locator(".heard .caption")).to_have_text("A bat sang.")

    assert sound.get_attribute("src").startswith("blob:")


CUES = "WEBVTT\n\n00:00.000 --> 00:01.000\nSoft.\n\n00:01.000 --> 00:02.000\nLoud.\n"


def test_the_level_and_the_words_go_with_the_sound(page: Page) -> None:
    """Soft, then loud: the course and the meter are those of the samples."""
    page.emulate_media(reduced_motion="reduce")
    page.route("**/api/voices/preview", lambda route: route.fulfill(
        body=_soft_then_loud(), content_type="audio/wav",
        headers={"X-Captions": quote(CUES)},
    ))  # fmt: skip
    open_page(page)
    page.get_by_role("textbox", name="My own text").fill("Soft. Loud.")
    open_part(page, "Voice")
    page.get_by_role("button", name="Listen").click()
    course = page.get_by_role("img", name="-6 dB at the most")
    expect(course).to_be_visible()
    high = course.locator("rect").evaluate_all(
        "bars => bars.map(bar => Number(bar.getAttribute('height')))"
    )
    sound, meter = page.locator(".heard audio"), page.locator(".heard meter")
    caption = page.locator(".heard .caption")
    told = {}
    for second in (0.5, 1.5):
        sound.evaluate("(it, at) => { it.pause(); it.currentTime = at; }", second)
        expect(caption).to_have_text("Soft." if second < 1 else "Loud.")
        told[second] = float(meter.get_attribute("value") or 0)

    assert max(high[:78]) < min(high[82:])
    assert told[0.5] == pytest.approx(-46, abs=1)
    assert told[1.5] == pytest.approx(-6, abs=1)


def _soft_then_loud() -> bytes:
    """A second of a square wave at 1/200 of full scale, then one at a half."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        for high in (164, 16384):
            period = struct.pack("<20h", *[high] * 10, *[-high] * 10)
            sound.writeframes(period * 400)
    return file.getvalue()


def test_engines_are_those_of_the_worker(page: Page) -> None:
    """Others are shown with the reason why they cannot be chosen."""
    open_page(page)
    open_part(page, "Engines")

    expect(page.locator("#engine_image")).to_contain_text("papercut")
    expect(page.locator("#engine_image option[disabled]").first).to_have_count(1)
    expect(page.locator(".field", has=page.locator("#engine_image"))).to_contain_text(
        "not on this worker"
    )


def test_what_is_asked_of_sound_and_size(page: Page) -> None:
    """Resolution, frames, headings, a soft track: only what was chosen is sent."""
    open_page(page)
    page.get_by_role("textbox", name="My own text").fill("# One\n\nThe moon rose.")
    assert {"resolution", "fps", "read_headings", "image"}.isdisjoint(_order(page))
    page.goto("/")
    for title in ("Look", "Captions", "Story", "Picture model"):
        open_part(page, title)
    page.get_by_label("Resolution").select_option("480p")
    page.get_by_label("Frames a second").select_option("30")
    page.get_by_label("Read headings aloud").check()
    page.get_by_label("as a track").check()
    page.get_by_label("What no picture shall show").fill("birds")
    order = _order(page)

    assert order["resolution"] == "480p"
    assert order["fps"] == 30
    assert order["read_headings"] is True
    assert order["soft_captions"] is True
    assert order["image"] == {"negative_prompt": "birds"}


def test_dials_are_those_of_the_engine_that_draws(page: Page, served: Served) -> None:
    """A model's own range and LoRAs; what another engine lacks is neither shown nor sent."""
    page.route("**/api/capabilities", _with_sdxl)
    open_page(page)
    page.get_by_role("textbox", name="My own text").fill("The moon rose.")
    open_part(page, "Engines")
    open_part(page, "Picture model")
    expect(page.get_by_text("papercut has no dials")).to_be_visible()
    page.locator("#engine_image").select_option("sdxl")
    page.get_by_label("Steps").fill("12")
    page.get_by_label("Guidance").fill("4.5")
    page.get_by_label("Scheduler").select_option("euler_a")
    page.get_by_label("ink", exact=True).check()
    page.get_by_label("Weight of ink").fill("0.6")
    image = _order_nobody_makes(page, served)["image"]
    page.locator("#engine_image").select_option("papercut")
    expect(page.get_by_label("Steps")).to_have_count(0)

    assert image == {
        "steps": 12,
        "guidance": 4.5,
        "scheduler": "euler_a",
        "loras": [{"name": "ink", "weight": 0.6}],
    }
    assert "image" not in _order(page)


def test_loras_of_another_family_say_why_not(page: Page, served: Served) -> None:
    """They are reached and described like the others, and stay off."""
    page.route("**/api/capabilities", _with_sdxl)
    stock = [model("sdxl", "image"), model("ink", "lora", fits=["sdxl"])]
    stock += [model("wave", "lora", family="flux")]
    told = {"models": stock, "total": len(stock)}
    page.route("**/api/models/", lambda route: route.fulfill(json=told))
    open_page(page)
    page.get_by_role("textbox", name="My own text").fill("The moon rose.")
    open_part(page, "Engines")
    open_part(page, "Picture model")
    page.locator("#engine_image").select_option("sdxl")
    wave = page.get_by_role("checkbox", name="wave", exact=True)
    expect(wave).to_have_accessible_description(
        "not sdxl: that is sdxl, this is made for flux"
    )
    expect(wave).to_have_attribute("aria-disabled", "true")
    page.get_by_label("ink", exact=True).focus()
    page.keyboard.press("Tab")
    expect(wave).to_be_focused()
    page.keyboard.press("Space")
    wave.click(force=True)
    expect(wave).not_to_be_checked()
    assert violations(page) == []
    page.get_by_label("ink", exact=True).check()
    image = _order_nobody_makes(page, served)["image"]

    assert image == {"loras": [{"name": "ink", "weight": 1}]}


def test_a_character_has_a_picture(rough_page: Watched, tmp_path: Path) -> None:
    """Offered where the engine keeps a likeness; the order names the picture's hash."""
    page = rough_page.page  # the worker has no such engine, and refuses
    picture = tmp_path / "mona.png"
    Image.new("RGB", (64, 32), "teal").save(picture)
    open_page(page)
    page.get_by_role("textbox", name="My own text").fill("Mona slept.")
    open_part(page, "Characters")
    page.get_by_role("button", name="Add a character").click()
    expect(page.get_by_label("Picture", exact=True)).to_be_disabled()
    expect(page.get_by_text("keeps no likeness")).to_be_visible()
    page.route("**/api/capabilities", _with_sdxl)
    page.reload()
    page.get_by_label("Name", exact=True).fill("Mona")
    page.get_by_label("Looks").fill("a girl in a yellow raincoat")
    page.get_by_label("Picture", exact=True).set_input_files(picture)
    expect(page.get_by_role("img", name="Picture of Mona")).to_be_visible()
    page.get_by_label("What of them is kept").select_option("face")
    with page.expect_request("**/api/generate-video") as sent:
        page.get_by_role("button", name="Make the film").click()
    order = json.loads(sent.value.post_data or "")

    sha256 = hashlib.sha256(picture.read_bytes()).hexdigest()
    assert order["characters"][0]["reference"] == sha256
    assert order["image"] == {"likeness": "face"}


def test_the_writer_gets_ready_while_a_topic_is_typed(page: Page) -> None:
    """Once, and not for one's own text."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    open_page(page)
    page.get_by_role("textbox", name="My own text").fill("The moon rose.")
    page.get_by_label("A topic").check()
    expect(page.locator("#words-count")).to_contain_text("openai")
    assert not [url for url in sent if "/api/writer/" in url]
    with page.expect_response("**/api/writer/prepare") as reply:
        page.get_by_role("textbox", name="A topic").fill("The last")
    assert reply.value.status == 204
    page.get_by_role("textbox", name="A topic").fill("The last lighthouse")
    page.get_by_role("textbox", name="A topic").press("End")

    assert len([url for url in sent if "/api/writer/" in url]) == 1


def test_a_topic_in_the_manner_of_a_script(page: Page, tmp_path: Path) -> None:
    """The script is analysed; facts cannot be looked up here, and it is said why."""
    script = tmp_path / "manner.txt"
    script.write_text("Have you ever seen a lighthouse go out? I have.", "utf-8")
    open_page(page)
    page.get_by_label("A topic").check()
    page.get_by_role("textbox", name="A topic").fill("The last lighthouse")
    open_part(page, "Story")
    expect(page.get_by_label("Look facts up first")).to_be_disabled()
    expect(page.locator("#grounding-hint")).to_contain_text("Needs Gemini")
    page.get_by_label("Write it anew").check()
    page.get_by_label("In the manner of a script").set_input_files(script)
    expect(page.get_by_role("button", name="Without it")).to_be_visible()
    order = _order(page)

    assert order["template"]["hook_style"]
    assert order["new_script"] is True
    assert "grounding" not in order


def _with_sdxl(route: Route) -> None:
    """What the worker says, as if SDXL and a LoRA stood on its shelf."""
    reply = route.fetch()
    told = reply.json()
    for engine in told["engines"]:
        if engine["name"] == "sdxl":
            engine["unavailable"] = None
            engine["dials"]["loras"] = ["ink"]
            engine["likenesses"] = ["plus", "face"]
    route.fulfill(response=reply, json=told)


def _order(page: Page) -> dict[str, Any]:
    with page.expect_request("**/api/generate-video") as sent:
        page.get_by_role("button", name="Make the film").click()
    return dict(json.loads(sent.value.post_data or "{}"))


def _order_nobody_makes(page: Page, served: Served) -> dict[str, Any]:
    """The order for an engine that is not there; the film that fails is not left behind."""
    with page.expect_response("**/api/generate-video") as answered:
        page.get_by_role("button", name="Make the film").click()
    made = answered.value.json()["job_id"]
    served.finish(made)
    page.goto("/")
    assert page.request.delete(f"{served.url}/api/jobs/{made}").status == 204
    return dict(json.loads(answered.value.request.post_data or "{}"))


def _music(path: Path) -> Path:
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(16_000))
    return path
