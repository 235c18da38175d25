"""A real orchestrator for tests: served on a free port, with waits short enough."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx

from orchestrator.serve import serve
from orchestrator.settings import Settings

#: Nothing may take longer than this; a test that waits for it has failed.
LIMIT_S = 100.0

STORY = (
    "The crow was thirsty and found a tall pitcher.\n\n"
    "She dropped stones into it, one after another.\n\n"
    "At last the water rose, and the crow drank.\n"
)


class LiveOrchestrator:
    """Serves until the block ends; ``api`` is a client of it."""

    def __init__(self, home: Path, **settings: Any) -> None:
        values: dict[str, Any] = {
            "home": home,
            "url_file": home / "URL.txt",
            "port": 0,
            "worker": "remote",
            "hold_s": 5.0,
            "first_retry_s": 0.05,
            "longest_retry_s": 0.2,
            "watch_interval_s": 0.05,
            "disk_floor_bytes": 0,
        }
        self.settings = Settings(**(values | settings))
        self.url = ""
        self.api = httpx.AsyncClient()
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> LiveOrchestrator:
        ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(
            serve(self.settings, on_ready=ready.set_result, stop=self._stop)
        )
        await asyncio.wait({self._task, ready}, return_when=asyncio.FIRST_COMPLETED)
        if self._task.done():
            self._task.result()
        self.url = await ready
        self.api = httpx.AsyncClient(base_url=self.url, timeout=60)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.api.aclose()
        self._stop.set()
        assert self._task is not None
        await self._task

    async def connect(self, url: str, token: str) -> dict[str, Any]:
        """Sets the worker's address as a user would paste it."""
        reply = await self.api.post(
            "/api/set-colab-url", json={"url": f"{url}/#token={token}"}
        )
        assert reply.status_code == 200, reply.text
        return dict(reply.json())

    async def order(self, **fields: Any) -> str:
        """Orders a film of three scenes; its id."""
        body = {"script": STORY, "num_scenes": 3, **fields}
        reply = await self.api.post("/api/generate-video", json=body)
        assert reply.status_code == 202, reply.text
        return str(reply.json()["job_id"])

    async def film(self, job_id: str) -> dict[str, Any]:
        """The film as it is now."""
        reply = await self.api.get(f"/api/jobs/{job_id}")
        assert reply.status_code == 200, reply.text
        return dict(reply.json())

    async def submitted(self, **fields: Any) -> str:
        """A film that the worker has."""
        job_id = await self.order(**fields)
        await self.until(job_id, "sent_to_colab")
        return job_id

    async def until(
        self,
        job_id: str,
        *states: str,
        boot: str | None = None,
        files: int = 0,
        says: str = "",
        limit_s: float = LIMIT_S,
        **wanted: Any,
    ) -> dict[str, Any]:
        """Waits until the film is in one of ``states`` and has the wanted values.

        ``boot`` is the run of the worker whose view was heard last, ``files`` how many
        files are here at least.
        """
        view: dict[str, Any] = {}
        try:
            async with asyncio.timeout(limit_s):
                while True:
                    view = await self.film(job_id)
                    right = not states or view["state"] in states
                    right = right and view["mirrored"] >= files
                    right = right and says in view["message"]
                    if boot is not None:
                        render = view["render"] or {"worker": {}}
                        right = right and render["worker"].get("boot_id") == boot
                    if right and all(view[k] == v for k, v in wanted.items()):
                        return view
                    since = {"wait": 5, "since": view["version"]}
                    await self.api.get(f"/api/jobs/{job_id}", params=since)
        except TimeoutError:
            told = {k: v for k, v in view.items() if k not in ("render", "artifacts")}
            raise AssertionError(f"never {states} {wanted}: {told}") from None
