"""An orchestrator that others can reach wants a password, of browsers and programs."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path

import pytest

from orchestrator.app import make_app
from orchestrator.cli.client import Client
from orchestrator.errors import SettingsError
from orchestrator.serve import serve
from orchestrator.settings import Settings
from tests.servers.live_orchestrator import LiveOrchestrator

PASSWORD = "correct horse"


async def test_every_route_wants_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made from the route table: no, a wrong, the right password, in both forms."""
    async with LiveOrchestrator(tmp_path / "home", password=PASSWORD) as live:
        app = await asyncio.to_thread(make_app, live.settings)
        names = {"job_id": "some-job-id", "name": "film.mp4", "file": "x.mp4"}
        wrong = [
            {},
            {"Authorization": "Bearer x"},
            {"Authorization": "Basic é".encode()},
        ]
        for route in app.router.routes():
            if route.resource is None or route.method == "*":
                continue
            path = route.resource.canonical.format_map(_Names(names))
            for headers in wrong:
                reply = await live.api.request(
                    route.method,
                    path,
                    headers={"Content-Type": "application/json", **headers},  # type: ignore[dict-item]
                )
                assert reply.status_code == 401, (route.method, path, headers)
                assert reply.headers["WWW-Authenticate"].startswith("Basic")

        basic = base64.b64encode(f"me:{PASSWORD}".encode()).decode()
        for shown in (f"Basic {basic}", f"Bearer {PASSWORD}"):
            page = await live.api.get("/", headers={"Authorization": shown})
            assert page.status_code == 200
        monkeypatch.setenv("MOONREEL_PASSWORD", PASSWORD)
        async with Client(live.url) as client:
            assert (await client.health()).status == "ok"


async def test_it_does_not_open_to_others_without_one(tmp_path: Path) -> None:
    """The refusal names the variable."""
    settings = Settings(home=tmp_path, url_file=tmp_path / "u", host="0.0.0.0", port=0)
    with pytest.raises(SettingsError, match="MOONREEL_PASSWORD"):
        await serve(settings, on_ready=None, stop=asyncio.Event())


class _Names(dict[str, str]):
    """Fills any other part of a path with a word."""

    def __missing__(self, name: str) -> str:
        return "some-part"
