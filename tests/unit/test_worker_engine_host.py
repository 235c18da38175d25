"""Engine processes: one that cannot start fails its unit, one that is busy is hurried."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from colab_worker.attempts import Entry, Free, broken
from colab_worker.engine_host import EngineFailure, EngineHost
from colab_worker.engine_wire import Load
from colab_worker.lane import Lane
from colab_worker.tasks import Broken, Report, UnitTask
from shared_protocol.errors import Code
from tests.slow_loading import LOADED_VARIABLE

#: No process is started with more; E2BIG is as good as any reason not to.
TOO_MUCH = "x" * (1 << 20)
LOAD = Load(kind="image", engine="fake", address="x:y")


def make_host() -> EngineHost:
    """Starts no process, whatever is asked of it."""
    return EngineHost(
        beat_timeout_s=5, cancel_grace_s=1, secrets={"MOONREEL_TEST": TOO_MUCH}
    )


async def load(host: EngineHost, entries: Sequence[Entry], free: Free) -> None:
    """Loads what the tasks want."""
    for entry in entries:
        try:
            await host.call(LOAD, lambda part, note: None, limit_s=60)
        except EngineFailure as failure:
            entry.report_end(broken(entry.task, failure))


@pytest.fixture
async def lane() -> AsyncIterator[Lane]:
    """A lane that starts its process early and loads something."""
    made = Lane(1, load, make_host, warm=True, preload=[LOAD])
    made.start()
    yield made
    await made.close()


async def test_a_process_that_cannot_start_fails_its_unit(lane: Lane) -> None:
    """The lane tells each unit why; none waits for ever."""
    reports: asyncio.Queue[Report] = asyncio.Queue()
    for unit_id in ("a", "b"):
        task = UnitTask(
            "job-0001", unit_id, 1, "gpu", (0,), "image", "fake", "x:y", {}, {}, 60.0
        )
        lane.put(task, reports.put_nowait)
    ends = [await reports.get() for _ in range(2)]

    assert all(isinstance(end, Broken) for end in ends)
    first = ends[0]
    assert isinstance(first, Broken)
    assert (first.code, first.retryable) == (Code.ENGINE_EXITED, True)
    assert "could not be started: Argument list too long" in first.message
    assert first.hint is not None


@pytest.mark.parametrize("late", [False, True])
async def test_when_the_worker_stops_nobody_waits_for_a_step(
    late: bool, tmp_path: Path
) -> None:
    """A cancel of ten minutes' patience ends, whether it comes after that or before."""
    host = EngineHost(
        beat_timeout_s=60,
        cancel_grace_s=600,
        secrets={LOADED_VARIABLE: str(tmp_path / "never")},
    )
    loads = asyncio.Event()
    command = LOAD.model_copy(update={"address": "tests.slow_loading:SlowLoadingImage"})
    call = asyncio.create_task(
        host.call(command, lambda part, note: None, limit_s=600, on_loading=loads.set)
    )
    await loads.wait()

    if not late:
        host.hurry()
    call.cancel()
    if late:
        await asyncio.wait({call}, timeout=0.1)
        host.hurry()
    await asyncio.wait({call})

    assert (call.cancelled(), host.pid) == (True, None)
