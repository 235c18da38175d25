"""The runner: a job is never left without a run, and its loops survive a surprise."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from benchmarks.simulated import ENGINES
from colab_worker.board import Board
from colab_worker.disk import Disk
from colab_worker.encoder_choice import EncoderChoice
from colab_worker.engines.registry import PLUGINS_VARIABLE, Registry
from colab_worker.job_run import RunParts
from colab_worker.memo import Memo
from colab_worker.planner import Plan
from colab_worker.runner import Runner
from colab_worker.settings import Settings
from colab_worker.store.jobs import Store
from colab_worker.store.rows import JobRow
from colab_worker.tasks import OnReport, UnitTask
from shared_protocol.jobs import JobState, WorkerStamp
from shared_protocol.kit.blobs import BlobStore
from shared_protocol.kit.database import Database
from tests.unit.test_worker_store import job
from tests.workers import TOKEN


class GatedStore(Store):
    """A store whose answer about a job that begins to wait for scenes can be late."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._waits = False
        self.completed = asyncio.Event()
        self.answered = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()
        self.refusals = 0
        self.refused = asyncio.Event()

    async def move(
        self,
        job_id: str,
        expected: Iterable[JobState],
        state: JobState,
        *,
        of_attempt: int | None = None,
        **changes: Any,
    ) -> bool:
        """See ``Store``."""
        self._waits = state is JobState.PREPARING and of_attempt is not None
        moved = await super().move(
            job_id, expected, state, of_attempt=of_attempt, **changes
        )
        if moved and state is JobState.COMPLETE:
            self.completed.set()
        return moved

    async def queued_ids(self) -> list[str]:
        """Refused as often as a test says."""
        if self.refusals:
            self.refusals -= 1
            self.refused.set()
            raise OperationalError("SELECT", {}, OSError("disk I/O error"))
        return await super().queued_ids()

    async def job(self, job_id: str) -> JobRow | None:
        """Waits at the gate with the answer."""
        found = await super().job(job_id)
        if self._waits:
            self.answered.set()
            await self.gate.wait()
        return found


class NoWork:
    """A dispatcher for jobs without units."""

    def submit(self, task: UnitTask, on_report: OnReport) -> None:
        """See ``Dispatcher``."""
        raise AssertionError(task)

    async def cancel(self, job_id: str, units: Collection[str] | None = None) -> None:
        """See ``Dispatcher``."""

    def hurry(self) -> None:
        """See ``Dispatcher``."""

    async def close(self) -> None:
        """See ``Dispatcher``."""


class EmptyJobs(Runner):
    """Jobs without units: under the first attempt more scenes will come."""

    async def _plan(self, row: JobRow) -> Plan:
        return Plan((), "film", draft=False, open=row.attempt == 1)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[GatedStore]:
    """An open store without jobs."""
    made = GatedStore(Database.in_file(tmp_path / "worker.db"))
    await made.open()
    yield made
    await made.close()


@pytest.fixture
async def runner(store: GatedStore, tmp_path: Path) -> AsyncIterator[Runner]:
    """A running runner."""
    made = await asyncio.to_thread(_runner, store, tmp_path)
    await made.start()
    yield made
    await made.stop()


def _runner(store: GatedStore, folder: Path) -> Runner:
    parts = RunParts(
        store=store,
        memo=Memo(store, BlobStore(folder / "blobs"), None),
        board=Board(store, WorkerStamp(id="worker", boot_id="boot"), tick_s=0.0),
        dispatcher=NoWork(),
        registry=Registry.from_environment({PLUGINS_VARIABLE: ENGINES}),
        settings=Settings(folder, TOKEN),
        encoders=EncoderChoice(folder, "x264", None),
    )
    return EmptyJobs(parts, Disk(folder, 0, None, 0))


async def test_a_spec_that_comes_while_its_run_ends_is_worked_on(
    store: GatedStore, runner: Runner
) -> None:
    """The run that ends has looked for it already, and the job waits for nobody else."""
    added = await store.add_job(job())
    assert added is not None
    store.gate.clear()
    runner.wake()
    await store.answered.wait()

    whole = replace(job(), attempt=2, spec_sha256="b" * 64)
    replacing = asyncio.create_task(runner.replace(whole))
    await asyncio.wait({replacing}, timeout=0.2)
    store.gate.set()

    assert await replacing
    await store.completed.wait()


async def test_a_look_at_the_queue_that_fails_is_taken_again(
    store: GatedStore, runner: Runner
) -> None:
    """A job that came before it need not wait for another one to be noticed."""
    added = await store.add_job(job(attempt=2))
    assert added is not None
    store.refusals = 1
    runner.wake()
    await store.refused.wait()
    await store.completed.wait()
