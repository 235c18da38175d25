"""The checks of ``doctor --gpu``, which the worker's side does in its own process."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator

from orchestrator.cli.findings import Finding, Level, fail

#: A large model may load for minutes, and a CPU draws for minutes.
LIMIT_S = 4500.0


async def gpu_checks() -> AsyncIterator[Finding]:
    """Each finding as soon as it is told; a checkup that breaks off is one too."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "colab_worker.checkup",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None  # noqa: S101 - they were asked for
    assert process.stderr is not None  # noqa: S101
    words = asyncio.create_task(process.stderr.read())
    try:
        async with asyncio.timeout(LIMIT_S):
            async for line in process.stdout:
                told = json.loads(line)
                yield Finding(
                    told["name"], Level(told["level"]), told["message"], told["advice"]
                )
            status = await process.wait()
    except TimeoutError:
        yield fail("gpu", f"the checks took longer than {LIMIT_S:g} s", "Try again.")
        return
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if status:
        last = (await words).decode(errors="replace").strip().splitlines()[-1:]
        why = f"the checks ended with {status}: {' '.join(last)}"
        yield fail("gpu", why, "Install the packages again: pip install moonreel")
