"""Where a unit runs: the ``Dispatcher`` port, and its local form with lanes of children.

A dispatcher takes tasks and reports on them; it knows nothing of jobs, keys or the memo.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from colab_worker.attempts import Attempts
from colab_worker.disk import Disk
from colab_worker.engine_host import EngineHost
from colab_worker.engine_wire import Load
from colab_worker.lane import Batch, Lane
from colab_worker.tasks import OnReport, UnitTask
from shared_protocol.kit.blobs import BlobStore


class Dispatcher(Protocol):
    """Decides where units run."""

    def submit(self, task: UnitTask, on_report: OnReport) -> None:
        """Takes a task; ``on_report`` hears Started, Progressed*, Finished or Broken."""

    async def cancel(self, job_id: str, units: Collection[str] | None = None) -> None:
        """Stops the tasks of a job, or of some of its units.

        Returns when none runs; they report no more.
        """

    def hurry(self) -> None:
        """The worker stops: no cancel, under way or to come, takes over a second."""

    async def close(self) -> None:
        """Stops everything."""


class LocalDispatcher:
    """Lanes of child processes on this machine."""

    def __init__(
        self,
        lanes: Mapping[str, int],
        *,
        blobs: BlobStore,
        work: Path,
        disk: Disk,
        make_host: Callable[[str], EngineHost],
        warm: Collection[str] = (),
        preload: Mapping[str, Sequence[Load]] | None = None,
        watched: bool = False,
        batch: Batch = "auto",
    ) -> None:
        attempts = Attempts(blobs, work, disk, watched=watched)
        early = preload or {}
        self._lanes = {
            name: Lane(
                slots,
                attempts.do,
                functools.partial(make_host, name),
                warm=name in warm,
                preload=early.get(name, ()),
                batch=batch,
            )
            for name, slots in lanes.items()
        }

    def start(self) -> None:
        """Opens the lanes; needs a running loop.

        The children of warm lanes start now, others with their first unit.
        """
        for lane in self._lanes.values():
            lane.start()

    def submit(self, task: UnitTask, on_report: OnReport) -> None:
        """See ``Dispatcher``."""
        self._lanes[task.lane].put(task, on_report)

    async def cancel(self, job_id: str, units: Collection[str] | None = None) -> None:
        """See ``Dispatcher``."""

        def meant(task: UnitTask) -> bool:
            return task.job_id == job_id and (units is None or task.unit_id in units)

        await asyncio.gather(*(lane.cancel(meant) for lane in self._lanes.values()))

    def hurry(self) -> None:
        """See ``Dispatcher``."""
        for lane in self._lanes.values():
            lane.hurry()

    async def close(self) -> None:
        """See ``Dispatcher``."""
        await asyncio.gather(*(lane.close() for lane in self._lanes.values()))

    def loaded(self) -> set[str]:
        """The names of the engines that the children keep in memory."""
        return {name for lane in self._lanes.values() for name in lane.loaded()}

    def together(self) -> int:
        """How many pictures would be drawn in one call now."""
        return max(lane.together() for lane in self._lanes.values())

    def child_pids(self) -> list[int]:
        """The process ids of the children that run now."""
        return [pid for lane in self._lanes.values() for pid in lane.child_pids()]
