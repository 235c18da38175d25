"""Pictures of services through the process that asks them, for tests."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from colab_worker.engine_host import EngineHost
from colab_worker.engine_wire import Do, Done
from colab_worker.engines.hosted.services import service_entries

KEYS = {"FAL_KEY": "canary-fal-1234", "OPENAI_API_KEY": "canary-openai-1234"}
PARAMS: dict[str, Any] = {
    "prompt": "a crow on a gate",
    "negative_prompt": "",
    "style": "noir",
    "seed": 7,
    "width": 640,
    "height": 368,
}
Hears = Callable[[float, str], None]


class Asking:
    """The process of a lane that asks services; its receipts outlive it."""

    def __init__(self, folder: Path, engine: str) -> None:
        self.folder = folder
        entries = service_entries(KEYS, folder / "receipts", {})
        (self.entry,) = [entry for entry in entries if entry.name == engine]
        self._host = self._fresh()

    async def __aenter__(self) -> Asking:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._host.close()

    async def picture(
        self, hears: Hears = lambda part, note: None, **changes: Any
    ) -> tuple[bytes, dict[str, Any]]:
        """The picture's bytes and its facts; EngineFailure."""
        out = self.folder / "out"
        await asyncio.to_thread(out.mkdir, exist_ok=True)
        command = Do(
            kind="image",
            engine=self.entry.name,
            address=self.entry.address,
            params=PARAMS | changes,
            inputs={},
            out_dir=out,
        )
        done: Done = await self._host.call(
            command, hears, limit_s=60, patience_s=self.entry.patience_s
        )
        content = await asyncio.to_thread((out / "picture.png").read_bytes)
        told = json.dumps(done.facts) + content.decode("latin-1")
        assert not any(key in told for key in KEYS.values())
        return content, done.facts

    async def die(self) -> None:
        """As ``kill -9`` does; the next picture is asked for by a fresh process."""
        await self._host.close()
        self._host = self._fresh()

    def _fresh(self) -> EngineHost:
        key = {self.entry.service.variable: KEYS[self.entry.service.variable]}  # type: ignore[union-attr]
        return EngineHost(beat_timeout_s=20, cancel_grace_s=5, secrets=key)
