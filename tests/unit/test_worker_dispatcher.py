"""Lanes: the order of work, what becomes of failures, and nothing after a cancel."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from colab_worker.disk import Disk
from colab_worker.dispatcher import LocalDispatcher
from colab_worker.engine_host import EngineFailure, EngineHost, OnOne
from colab_worker.engine_wire import Do, Done, MadeFile, Part, Progress
from colab_worker.lane import Batch
from colab_worker.tasks import Broken, Finished, Progressed, Report, Started, UnitTask
from shared_protocol.errors import Code
from shared_protocol.kit.blobs import BlobStore
from tests.unit.test_worker_outputs import picture

Work = Callable[[Do], None]
PNG = MadeFile(name="picture.png", media_type="image/png")


class FakeHost(EngineHost):
    """A child that needs no process: it draws, or does what the prompt stands for."""

    def __init__(self, ways: dict[str, Work], gate: asyncio.Event) -> None:
        super().__init__(beat_timeout_s=1, cancel_grace_s=0)
        self._ways, self._gate = ways, gate
        #: For calls with several tasks.
        self.together_gate = asyncio.Event()
        self.together_gate.set()
        self.calls: list[int] = []

    async def call(
        self,
        command: Do,
        report: Callable[[float, str], None],
        *,
        limit_s: float,
        patience_s: float | None = None,
        on_glimpse: Callable[[bytes], None] | None = None,
        on_one: OnOne | None = None,
        on_loading: Callable[[], None] | None = None,
    ) -> Done:
        """Waits for the gate, then works; several one after another."""
        if on_one is not None:
            return await self._several(command, on_one)
        report(0.5, "half")
        await self._gate.wait()
        way = self._ways.get(str(command.params["prompt"]), _draw)
        await asyncio.to_thread(way, command)
        return Done(files=(PNG,), facts={})

    async def _several(self, command: Do, on_one: OnOne) -> Done:
        self.calls.append(1 + len(command.others))
        for number in range(1 + len(command.others)):
            on_one(Progress(fraction=0.5, note="half", number=number))
        await self.together_gate.wait()
        for number, one in enumerate((command, *command.others)):
            way = self._ways.get(str(one.params["prompt"]), _draw)
            await asyncio.to_thread(way, command.model_copy(update=vars(one)))
            on_one(Part(number=number, files=(PNG,), facts={"batch": 9}))
        return Done(files=(), facts={})


def _draw(command: Do, width: int = 64) -> None:
    picture(command.out_dir, width)


def _raises(error: Exception) -> Work:
    def way(command: Do) -> None:
        raise error

    return way


WAYS: dict[str, Work] = {
    "wrong": lambda command: _draw(command, 8),
    "silent": lambda command: None,
    "full": _raises(OSError(errno.ENOSPC, "No space left on device")),
    "broken": _raises(OSError(errno.EIO, "Input/output error")),
    "killed": _raises(EngineFailure(Code.ENGINE_KILLED, "was killed", "less memory")),
    "refused": _raises(EngineFailure(Code.BAD_INPUT, "no such thing")),
    "surprise": _raises(RuntimeError("nobody thought of this")),
}


class Lanes:
    """A dispatcher with one lane of one slot, and everything that it reported."""

    def __init__(
        self, folder: Path, batch: Batch = "auto", blobs: BlobStore | None = None
    ) -> None:
        self.gate = asyncio.Event()
        self.host = FakeHost(WAYS, self.gate)
        self.blobs = blobs or BlobStore(folder / "blobs")
        self.work = folder / "work"
        self.reports: asyncio.Queue[Report] = asyncio.Queue()
        self.dispatcher = LocalDispatcher(
            {"gpu": 1},
            blobs=self.blobs,
            work=self.work,
            disk=Disk(folder, 0, None, 0),
            make_host=lambda lane: self.host,
            batch=batch,
        )

    def submit(
        self,
        prompt: str,
        rank: int = 0,
        job_id: str = "job-0001",
        together: str | None = None,
    ) -> None:
        """A picture to draw."""
        params: dict[str, Any] = {"prompt": prompt, "width": 64, "height": 48}
        task = UnitTask(
            job_id, prompt, 1, "gpu", (rank,), "image", "fake", "x:y", params, {}, 60.0,
            together=together,
        )  # fmt: skip
        self.dispatcher.submit(task, self.reports.put_nowait)

    async def ends(self, count: int) -> list[Finished | Broken]:
        """The next tasks to end."""
        found: list[Finished | Broken] = []
        while len(found) < count:
            report = await self.reports.get()
            if isinstance(report, Finished | Broken):
                found.append(report)
        return found


@pytest.fixture
async def lanes(tmp_path: Path) -> AsyncIterator[Lanes]:
    """Running lanes whose gate is closed."""
    made = await asyncio.to_thread(Lanes, tmp_path)
    made.dispatcher.start()
    yield made
    await made.dispatcher.close()


async def test_a_task_is_reported_from_start_to_end(lanes: Lanes) -> None:
    """Started, how far, and the files by their hash; its folder is gone."""
    lanes.gate.set()
    lanes.submit("a hill")
    reports = [await lanes.reports.get() for _ in range(3)]

    assert [type(report) for report in reports] == [Started, Progressed, Finished]
    assert isinstance(reports[2], Finished)
    (file,) = reports[2].result.files
    assert (file.name, file.media_type) == ("picture.png", "image/png")
    assert await asyncio.to_thread(lanes.blobs.has, file.sha256)
    assert not (lanes.work / "job-0001~a hill").exists()


async def test_lower_ranks_come_first_whenever_they_arrive(lanes: Lanes) -> None:
    """The running one goes on; after it, by rank, equals in order of arrival."""
    lanes.submit("first", rank=9)
    while not isinstance(await lanes.reports.get(), Started):
        pass
    for prompt, rank in (("c", 3), ("a", 1), ("b", 2), ("c2", 3)):
        lanes.submit(prompt, rank)
    lanes.gate.set()

    order = []
    while len(order) < 4:
        report = await lanes.reports.get()
        if isinstance(report, Started):
            order.append(report.task.unit_id)
    assert order == ["a", "b", "c", "c2"]


@pytest.mark.parametrize(
    ("way", "code", "retryable", "words"),
    [
        ("wrong", Code.ENGINE_WRONG_OUTPUT, True, "drew 8x48 pixels"),
        ("silent", Code.ENGINE_WRONG_OUTPUT, True, "no file that it made"),
        ("full", Code.DISK_FULL, True, "disk is full"),
        ("broken", Code.INTERNAL, True, "Input/output error"),
        ("killed", Code.ENGINE_KILLED, True, "was killed"),
        ("refused", Code.BAD_INPUT, False, "no such thing"),
        ("surprise", Code.INTERNAL, True, "nobody thought of this"),
    ],
)
async def test_a_failure_has_its_code_and_the_lane_goes_on(
    lanes: Lanes, way: str, code: Code, retryable: bool, words: str
) -> None:
    """Nothing of a failed task is kept, and the next one is done."""
    lanes.gate.set()
    lanes.submit(way)
    lanes.submit("a hill", rank=1)
    broken, done = await lanes.ends(2)

    assert isinstance(broken, Broken)
    assert (broken.code, broken.retryable) == (code, retryable)
    assert words in broken.message
    assert isinstance(done, Finished)
    assert len(await asyncio.to_thread(lanes.blobs.all)) == 1


async def test_a_canceled_job_reports_no_more(lanes: Lanes) -> None:
    """Its running and waiting tasks are dropped; those of others stay."""
    lanes.submit("mine, running")
    while not isinstance(await lanes.reports.get(), Progressed):
        pass
    lanes.submit("mine, waiting")
    lanes.submit("of another", job_id="job-0002")

    await lanes.dispatcher.cancel("job-0001")
    lanes.gate.set()

    (end,) = await lanes.ends(1)
    assert (end.task.job_id, lanes.reports.empty()) == ("job-0002", True)
