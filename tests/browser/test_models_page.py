"""Models: what the worker has, what it could have, and who wears which LoRA."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.conftest import LIMIT_MS, SECONDS
from tests.browser.steps import finished, make_film, open_page
from tests.browser.test_everyone import violations
from tests.browser.watched_page import watched
from tests.servers.served import Served
from tests.unit.test_models_inventory import INK
from tests.unit.test_models_loras import safetensors
from tests.unit.test_worker_thumbnails import RED, data_url, picture
from tests.workers import TOKEN, WorkerProcess


def model(name: str, kind: str, **about: Any) -> dict[str, Any]:
    """One as the orchestrator tells it."""
    metadata = {
        "family": "sdxl",
        "licence": None,
        "unavailable": None,
        "fits": [],
        "page": None,
        "on_worker": True,
        "built_in": False,
        "thumbnail": None,
    }
    return {
        "id": f"{kind}-{name}",
        "name": name,
        "version": "1",
        "model_type": kind,
        "trigger_word": about.pop("trigger", None),
        "file_size_mb": 144.5,
        "model_metadata": metadata | about,
        "created_at": None,
        "download_url": None,
    }


STOCK = [
    model("sdxl", "image", licence="RAIL"),
    model("flux-dev", "image", family="flux"),
    model("whisper", "alignment", family=None),
    model("xtts", "voice", family=None),
    model("vits", "voice", family=None),
    model("ink", "lora", trigger="inkish", fits=["sdxl"]),
]


def card(page: Page, name: str) -> Locator:
    """The model's card."""
    heading = page.get_by_role("heading", name=name, exact=True, level=3)
    return page.locator(".model", has=heading)


def test_what_this_worker_lacks_and_how_it_gets_it(page: Page) -> None:
    """The worker's own list: size, licence, and the command that fetches a model."""
    open_page(page, "/#/models")
    flux = card(page, "flux-dev")
    expect(flux).to_contain_text("not on the worker · 34 GB")
    expect(flux).to_contain_text("Non-Commercial")

    expect(flux.get_by_label("Command that fetches flux-dev")).to_have_value(
        "moonreel models pull flux-dev"
    )
    expect(page.get_by_text("None yet. Put NAME.safetensors")).to_be_visible()


def test_a_lora_is_refused_by_another_family_and_worn_by_its_own(page: Page) -> None:
    """With the reason; wearing it chooses the model that can."""
    told = {"models": STOCK, "total": len(STOCK)}
    page.route("**/api/models/", lambda route: route.fulfill(json=told))
    open_page(page, "/#/models")
    ink = card(page, "ink")
    expect(ink).to_contain_text("inkish")
    expect(ink).to_contain_text("145 MB")
    expect(ink).to_contain_text("not flux-dev: that is flux, this is made for sdxl")
    whisper = card(page, "whisper")
    expect(whisper).to_contain_text("on the worker")
    expect(whisper.get_by_role("button")).to_have_count(0)
    speak = re.compile("Speak with")
    expect(card(page, "vits").get_by_role("button", name=speak)).to_be_visible()
    expect(card(page, "xtts")).to_contain_text("on the worker")
    expect(card(page, "xtts").get_by_role("button", name=speak)).to_have_count(0)
    ink.get_by_role("button", name="Wear it: ink").click()
    expect(page.locator(".notice")).to_contain_text("sdxl will draw, and wear ink")
    page.wait_for_url("**/#/make")
    form = page.evaluate("JSON.parse(localStorage['moonreel.order'])")

    assert form["engine_image"] == "sdxl"
    assert form["loras"] == [{"name": "ink", "weight": 1}]


def test_a_model_is_removed_from_this_machine(page: Page) -> None:
    """After a question; what another machine has cannot be removed from here."""
    asked: list[str] = []
    stock = [model("ink", "lora", removable=True), model("sdxl", "image")]

    def shelf(route: Route) -> None:
        route.fulfill(json={"models": stock, "total": len(stock)})

    def remove(route: Route) -> None:
        asked.append(f"{route.request.method} {route.request.url}")
        del stock[0]
        route.fulfill(status=204)

    page.route("**/api/models/", shelf)
    page.route("**/api/models/lora-ink", remove)
    open_page(page, "/#/models")
    expect(card(page, "sdxl").get_by_role("button", name="Remove")).to_have_count(0)
    button = card(page, "ink").get_by_role("button", name="Remove ink")
    assert violations(page) == []
    page.once("dialog", lambda dialog: dialog.dismiss())
    button.click()
    assert asked == []
    page.once("dialog", lambda dialog: dialog.accept())
    button.click()
    expect(card(page, "ink")).to_have_count(0)
    expect(page.locator(".notice")).to_contain_text("ink was removed")

    assert len(asked) == 1
    assert asked[0].startswith("DELETE ")


def seen(picture: Locator) -> int:
    """How wide the picture is once it is there; 0 for one that cannot be shown."""
    expect(picture).to_be_visible()
    return int(
        picture.evaluate("image => image.decode().then(() => image.naturalWidth)")
    )


@pytest.fixture
def pictured(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Page]:
    """A page whose worker has LoRAs, one with a picture in its metadata."""
    home = tmp_path_factory.mktemp("pictured") / "home"
    loras = tmp_path_factory.mktemp("models") / "loras"
    home.mkdir()
    loras.mkdir()
    tensor = {"lora_unet_down": INK["lora_unet_down"]}
    for name, told in (
        ("ink", {"modelspec.thumbnail": data_url(picture(RED, "JPEG"))}),
        ("plain", {}),
        ("broken", {"modelspec.thumbnail": data_url(picture(RED)[:200])}),
    ):
        header = {"__metadata__": told, **tensor}
        content = safetensors(header, b"w" * 8)
        (loras / f"{name}.safetensors").write_bytes(content)
    folder, env = (
        tmp_path_factory.mktemp("worker"),
        {"MOONREEL_MODELS": str(loras.parent)},
    )
    with WorkerProcess(folder, seconds=SECONDS, env=env) as worker:
        line = f"{str(worker.client.base_url).rstrip('/')}#token={TOKEN}"
        remote = {"COLAB_API_URL": line, "MOONREEL_WORKER": "remote"}
        with Served(home, remote) as served:
            context = browser.new_context(base_url=served.url, locale="en-GB")
            context.set_default_timeout(LIMIT_MS)
            with watched(context.new_page()) as watch:
                yield watch.page
            context.close()


def test_a_model_has_a_picture(pictured: Page) -> None:
    """Its own, else that of a film, else its initial, and how one gets there."""
    page = pictured
    open_page(page, "/#/models")
    ink = card(page, "ink")
    assert seen(ink.get_by_alt_text("Picture that ink ships with")) == 256
    for name in ("plain", "broken", "papercut"):
        expect(card(page, name).locator(".initial")).to_have_text(name[0].upper())
    expect(card(page, "papercut")).to_contain_text("built in")
    expect(card(page, "papercut")).to_contain_text("will appear here")
    expect(card(page, "ink")).not_to_contain_text("papercut")
    expect(card(page, "flux-dev")).not_to_contain_text("will appear here")
    assert violations(page) == []

    job_id = make_film(page, scenes=2)
    finished(page)
    page.goto("/#/models")
    drawn = card(page, "papercut")
    expect(drawn).to_contain_text("Picture from “")
    made = drawn.get_by_alt_text("A picture made with papercut: open its scene")
    assert seen(made) > 0
    expect(card(page, "espeak")).to_contain_text("It speaks in “")
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 800})
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    made.click()
    page.wait_for_url(f"**/#/jobs/{job_id}/scenes/1")
