"""What is told about jobs: the live status of each, its version, and who waits for it.

The rows of the store are the truth; the board is what readers see of it without a query,
and adds what is too quick to be stored: progress within a unit.
"""

from __future__ import annotations

import asyncio
import gzip
import time
from collections import OrderedDict
from dataclasses import dataclass, field

from colab_worker.store.jobs import Store
from colab_worker.store.rows import JobRow, UnitRow
from colab_worker.views import UnitStatus, job_view, overall_progress
from shared_protocol.jobs import JobState, JobView, WorkerStamp
from shared_protocol.kit.changes import Changes

#: Finished jobs that stay in memory.
KEPT = 256


@dataclass
class JobStatus:
    """A job as readers see it."""

    row: JobRow
    units: dict[str, UnitStatus] = field(default_factory=dict)
    queue_position: int | None = None
    #: Of this run of the worker: readers have asked for it.
    polled: bool = False
    progress: int = 0
    ticked_at: float = 0.0
    #: Readers of an older version get the whole view: units may be gone since.
    whole_from: int = 0
    body: bytes | None = None
    body_gzip: bytes | None = None


class Board:
    """All jobs that somebody may ask for."""

    def __init__(self, store: Store, stamp: WorkerStamp, *, tick_s: float) -> None:
        self._store = store
        self._stamp = stamp
        self._tick_s = tick_s
        self._jobs: OrderedDict[str, JobStatus] = OrderedDict()
        self.versions: dict[str, int] = {}
        self.changes = Changes()

    async def find(self, job_id: str) -> JobStatus | None:
        """The job's status, read from the store if need be; None if there is none."""
        if job_id in self._jobs:
            return self._jobs[job_id]
        row = await self._store.job(job_id)
        if row is None:
            return None
        rows = await self._store.units(job_id)
        return self._jobs.get(job_id) or self.put(row, rows)

    def put(self, row: JobRow, units: list[UnitRow] | None = None) -> JobStatus:
        """Shows a job as it is in the store."""
        status = JobStatus(row)
        status.units = {
            unit.id: UnitStatus.of(unit, row.version) for unit in units or ()
        }
        self._jobs[row.id] = status
        self.versions[row.id] = row.version
        status.progress = overall_progress(row, status.units.values())
        self._forget_old()
        return status

    def live(self, job_id: str) -> JobStatus:
        """The status of a job that is on the board."""
        return self._jobs[job_id]

    def change(self, job_id: str, unit: UnitStatus | None = None) -> int:
        """A visible change: a new version, which it returns, and readers wake up."""
        status = self._jobs[job_id]
        version = max(self.versions[job_id] + 1, status.row.version)
        self.versions[job_id] = version
        if unit is not None:
            unit.version = version
        progress = overall_progress(status.row, status.units.values())
        status.progress = max(status.progress, progress)
        status.ticked_at = time.monotonic()
        status.body = status.body_gzip = None
        self.changes.announce(job_id)
        return version

    def tick(self, job_id: str, unit: UnitStatus) -> None:
        """Progress within a unit: a change only if it is time for one."""
        status = self._jobs[job_id]
        progress = overall_progress(status.row, status.units.values())
        waited = time.monotonic() - status.ticked_at
        if waited >= self._tick_s and progress > status.progress:
            self.change(job_id, unit)

    def glimpse(self, job_id: str, unit: UnitStatus, webp: bytes) -> None:
        """What a unit is drawing; a change like progress, only if it is time for one."""
        unit.glimpse, unit.glimpses = webp, unit.glimpses + 1
        if time.monotonic() - self._jobs[job_id].ticked_at >= self._tick_s:
            self.change(job_id, unit)

    def view(self, status: JobStatus, since: int | None = None) -> JobView:
        """What is told of the job; with ``since``, only the units changed after it."""
        if since is not None and since < status.whole_from:
            since = None
        return job_view(
            status.row,
            list(status.units.values()),
            version=self.versions[status.row.id],
            progress=status.progress,
            queue_position=status.queue_position,
            stamp=self._stamp,
            since=since,
        )

    def body(self, status: JobStatus, *, compressed: bool) -> bytes:
        """The whole view as JSON, made once for all readers of a version."""
        if status.body is None:
            status.body = self.view(status).model_dump_json().encode()
        if not compressed:
            return status.body
        if status.body_gzip is None:
            status.body_gzip = gzip.compress(status.body, compresslevel=1, mtime=0)
        return status.body_gzip

    async def news(self, known: dict[str, int], wait_s: float, settle_s: float) -> None:
        """Returns when a job passes its version: after ``settle_s``, or when one ends."""
        loop = asyncio.get_running_loop()
        until = loop.time() + min(settle_s, wait_s)
        await self.changes.wait(known, self.versions, wait_s)
        while (rest := until - loop.time()) > 0 and not self._has_ended(known):
            present = {job_id: self.versions[job_id] for job_id in known}
            await self.changes.wait(present, self.versions, rest)

    def _has_ended(self, known: dict[str, int]) -> bool:
        """Whether a job is over, or gone, and its reader does not know it yet."""
        return any(
            job_id not in self._jobs
            or (self._jobs[job_id].row.state.terminal and self.versions[job_id] > since)
            for job_id, since in known.items()
        )

    def place_queue(self, job_ids: list[str]) -> None:
        """Tells waiting jobs their position; 1 is next."""
        for position, job_id in enumerate(job_ids, start=1):
            status = self._jobs.get(job_id)
            if status is None or status.row.state is not JobState.QUEUED:
                continue  # canceled a moment ago
            if status.queue_position != position:
                status.queue_position = position
                self.change(job_id)

    def remove(self, job_id: str) -> None:
        """Takes a deleted job off the board; those who wait for it hear of it."""
        self._jobs.pop(job_id, None)
        self.versions.pop(job_id, None)
        self.changes.announce(job_id)

    def counts(self) -> dict[str, int]:
        """How many jobs of the board wait and run."""
        states = [status.row.state for status in self._jobs.values()]
        waiting = states.count(JobState.QUEUED)
        done = sum(state.terminal for state in states)
        return {"depth": waiting, "running": len(states) - waiting - done}

    def _forget_old(self) -> None:
        finished = [i for i, s in self._jobs.items() if s.row.state.terminal]
        for job_id in finished[: max(len(finished) - KEPT, 0)]:
            del self._jobs[job_id]
            del self.versions[job_id]
