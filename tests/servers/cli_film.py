"""``moonreel make`` as a process beside a running orchestrator, its lines read as they come."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

LIMIT_S = 100.0


class CliFilm:
    """One run of the command on the home of an orchestrator that serves."""

    def __init__(self, home: Path, story: str, out: Path) -> None:
        self.out = out
        self.job_id = ""
        #: Sentences of progress by the state they came with, in order.
        self.told: list[tuple[str, str]] = []
        self._home, self._story = home, story
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> CliFilm:
        story = self._home / "story.txt"
        await asyncio.to_thread(story.write_text, self._story, "utf-8")
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "orchestrator", "make", str(story)),
            *("--scenes", "3", "--json", "-o", str(self.out)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "MOONREEL_HOME": str(self._home)},
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._process is not None
        if self._process.returncode is None:
            self._process.kill()
        await self._process.communicate()

    async def accepted(self) -> str:
        """The id of the job, once the server has taken it."""
        while not self.job_id:
            event = await self._next()
            self.job_id = event.get("job_id", "")
        return self.job_id

    async def says(self, state: str, part: str) -> None:
        """Waits until the command tells that state with a sentence that has ``part``."""
        try:
            async with asyncio.timeout(LIMIT_S):
                while not any(s == state and part in m for s, m in self.told):
                    await self._next()
        except TimeoutError:
            raise AssertionError(f"never {state} with {part!r}: {self.told}") from None

    async def ends(self) -> int:
        """The exit code."""
        assert self._process is not None
        async with asyncio.timeout(LIMIT_S):
            await self._process.communicate()
        assert self._process.returncode is not None
        return self._process.returncode

    async def _next(self) -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        assert line, f"the command ended: {self.told}"
        event: dict[str, Any] = json.loads(line)
        if event["event"] == "progress":
            self.told.append((event["state"], event["message"]))
        return event
