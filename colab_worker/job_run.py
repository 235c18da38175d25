"""One job from its plan to its end: hand out what can run, take what comes back.

The loop is look, run, record: a unit whose inputs exist gets its key; a known key is
reused; an unknown one goes to the dispatcher, and its result is committed under the
attempt that made it. Nothing here knows what a picture or a film is.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from colab_worker.batching import together
from colab_worker.board import Board, JobStatus
from colab_worker.dispatcher import Dispatcher
from colab_worker.encoder_choice import EncoderChoice
from colab_worker.engines.registry import Registry
from colab_worker.memo import Memo
from colab_worker.planner import Plan, Unit
from colab_worker.settings import Settings
from colab_worker.store.jobs import Store
from colab_worker.store.rows import UnitRow
from colab_worker.tasks import (
    Broken,
    Finished,
    Glimpsed,
    Loads,
    Progressed,
    Report,
    Started,
    UnitTask,
)
from colab_worker.unit_errors import failure_body, poison_body
from colab_worker.views import UnitStatus
from shared_protocol.artifacts import MemoEntry
from shared_protocol.clock import utc_now
from shared_protocol.errors import ErrorBody
from shared_protocol.jobs import JobState, UnitState

log = logging.getLogger(__name__)

#: Units of one job that may fail for good before the rest is not even tried.
FAILURES_ALLOWED = 3

_KIND_RANK = {"sound": 0, "voice": 1, "clip": 2, "image": 3, "film": 4}


@dataclass(frozen=True)
class RunParts:
    """What a run works with; the same for all jobs of a worker."""

    store: Store
    memo: Memo
    board: Board
    dispatcher: Dispatcher
    registry: Registry
    settings: Settings
    encoders: EncoderChoice


@dataclass(frozen=True)
class _Retry:
    unit_id: str


@dataclass(frozen=True)
class _Replan:
    plan: Plan
    attempt: int


@dataclass(frozen=True)
class _Cancel:
    pass


_Mail = Report | _Retry | _Replan | _Cancel


class JobRun:
    """The units of one job."""

    def __init__(
        self, parts: RunParts, status: JobStatus, plan: Plan, attempt: int
    ) -> None:
        self._parts = parts
        self._status = status
        self._job_id = status.row.id
        self._plan = plan
        #: The attempt whose plan this is.
        self.attempt = attempt
        self._mailbox: asyncio.Queue[_Mail] = asyncio.Queue()
        self._timers: set[asyncio.TimerHandle] = set()
        #: Units that must be done although their key is known: their files are gone.
        self._forced: set[str] = set()
        self._canceled = False

    @property
    def _units(self) -> dict[str, UnitStatus]:
        return self._status.units

    @property
    def open(self) -> bool:
        """Whether more scenes will come."""
        return self._plan.open

    def cancel(self) -> None:
        """Asks the run to stop; ``run`` then returns with the units given back."""
        self._mailbox.put_nowait(_Cancel())

    def replan(self, plan: Plan, attempt: int) -> None:
        """Goes on with another plan; what is under way in both is not interrupted."""
        self._mailbox.put_nowait(_Replan(plan, attempt))

    async def run(self) -> bool:
        """Works until nothing is left or nothing can go on; False if it was canceled."""
        await self._record_plan()
        try:
            await self._advance()
            while self._busy():
                await self._take(await self._mailbox.get())
                if self._canceled:
                    return False
                if len(self.failures()) >= FAILURES_ALLOWED:
                    break
                await self._advance()
        finally:
            for timer in self._timers:
                timer.cancel()
            await self._parts.dispatcher.cancel(self._job_id)
            await self._parts.store.give_back(self._job_id)
        return True

    def failures(self) -> list[ErrorBody]:
        """Errors of the units that failed for good, first scene first."""
        units = self._units.values()
        return [u.error for u in units if u.error and u.state is UnitState.ERROR]

    async def _record_plan(self, kept: set[str] | None = None) -> None:
        rows = [
            UnitRow(
                job_id=self._job_id,
                id=unit.id,
                position=position,
                kind=unit.kind,
                scene=unit.scene,
                needs=unit.needs,
                engine=unit.engine.name,
            )
            for position, unit in enumerate(self._plan.units)
        ]
        rows = await self._parts.store.plan_units(self._job_id, rows, kept=kept)
        version = self._parts.board.versions[self._job_id] + 1
        old = self._status.units
        self._status.units = {
            row.id: old[row.id]
            if kept is not None and row.id in kept
            else UnitStatus.of(row, version)
            for row in rows
        }
        told = self._parts.board.change(self._job_id)
        if old.keys() - self._status.units.keys():
            self._status.whole_from = told

    async def _take_plan(self, message: _Replan) -> None:
        """Stops what the new plan does otherwise, and keeps the rest."""
        failed = {u.id for u in self._units.values() if u.state is UnitState.ERROR}
        kept = _kept_units(self._plan, message.plan, without=failed)
        others = self._units.keys() - kept
        await self._parts.dispatcher.cancel(self._job_id, others)
        self._forced &= kept
        self._plan, self.attempt = message.plan, message.attempt
        finalizing = [JobState.FINALIZING]
        if await self._parts.store.move(self._job_id, finalizing, JobState.RUNNING):
            self._status.row = replace(self._status.row, state=JobState.RUNNING)
        await self._record_plan(kept)

    def _busy(self) -> bool:
        states = {unit.state for unit in self._units.values()}
        return bool(states & {UnitState.QUEUED, UnitState.RUNNING, UnitState.RETRYING})

    # --- hand out what can run ---------------------------------------------------

    async def _advance(self) -> None:
        """Settles every unit that can be settled now, in the order of the plan."""
        again = True
        while again:
            again = False
            for unit in self._plan.units:
                if self._units[unit.id].state is UnitState.PENDING:
                    again |= await self._consider(unit)

    async def _consider(self, unit: Unit) -> bool:
        """Reuses or submits a unit if its inputs are known; True to look again."""
        hashes = self._input_hashes(unit)
        if hashes is None:
            return False
        key = unit.key(hashes)
        known = None if unit.id in self._forced else await self._parts.memo.recall(key)
        if known is not None and (known[1] or unit.id != self._plan.goal):
            result, present = known
            entry = MemoEntry(key=key, kind=unit.kind, result=result)
            await self._reuse(unit, entry, present)
            return True
        if await self._lost_inputs(unit):
            return True
        await self._submit(unit, key, hashes)
        return False

    def _input_hashes(self, unit: Unit) -> dict[str, str] | None:
        hashes = dict(unit.files)
        for item in unit.inputs:
            source = self._units[item.unit_id]
            if source.state is not UnitState.DONE or source.result is None:
                return None
            hashes[item.name] = source.result.file(item.file).sha256
        return hashes

    async def _reuse(self, unit: Unit, entry: MemoEntry, present: bool) -> None:
        await self._parts.store.reuse_unit(self._job_id, unit.id, entry)
        status = self._units[unit.id]
        status.state, status.reused, status.error = UnitState.DONE, True, None
        status.key, status.result, status.present = entry.key, entry.result, present
        status.finished_at = utc_now()
        self._parts.board.change(self._job_id, status)

    async def _lost_inputs(self, unit: Unit) -> bool:
        """Puts inputs whose files are not on this machine back to work."""
        lost = False
        for unit_id in unit.needs:
            source = self._units[unit_id]
            if source.result is None or await self._parts.memo.present(source.result):
                continue
            self._forced.add(unit_id)
            source.state, source.result = UnitState.PENDING, None
            lost = True
        return lost

    async def _submit(self, unit: Unit, key: str, hashes: dict[str, str]) -> None:
        status = self._units[unit.id]
        if status.interruptions > self._parts.settings.max_interruptions:
            await self._give_up_poison(unit, status, key)
            return
        status.attempt = await self._parts.store.begin_unit(self._job_id, unit.id, key)
        status.state, status.key = UnitState.QUEUED, key
        status.error, status.progress = None, 0.0
        task = UnitTask(
            job_id=self._job_id,
            unit_id=unit.id,
            attempt=status.attempt,
            lane=unit.lane,
            rank=(self._status.row.position, self._turn(unit), _KIND_RANK[unit.kind]),
            kind=unit.kind,
            engine=unit.engine.name,
            address=unit.engine.address,
            params=unit.params,
            inputs=hashes,
            limit_s=self._parts.settings.time_limits_s[unit.kind],
            patience_s=unit.engine.patience_s,
            # What failed or was interrupted before drags no other along.
            together=None if status.tries or status.interruptions else together(unit),
        )
        self._parts.dispatcher.submit(task, self._mailbox.put_nowait)

    def _turn(self, unit: Unit) -> int:
        """Scenes in order, the film last, the sound at once: it waits for no picture."""
        if unit.kind == "sound":
            return 0
        return unit.scene or len(self._plan.units)

    async def _give_up_poison(self, unit: Unit, status: UnitStatus, key: str) -> None:
        error = poison_body(unit, status.interruptions)
        attempt = await self._parts.store.begin_unit(self._job_id, unit.id, key)
        await self._parts.store.fail_unit(
            self._job_id, unit.id, attempt, error, UnitState.ERROR
        )
        status.state, status.error, status.attempt = UnitState.ERROR, error, attempt
        self._parts.board.change(self._job_id, status)

    # --- take what comes back ----------------------------------------------------

    async def _take(self, message: _Mail) -> None:
        if isinstance(message, _Cancel):
            self._canceled = True
        elif isinstance(message, _Replan):
            await self._take_plan(message)
        elif isinstance(message, _Retry):
            unit = self._units.get(message.unit_id)
            if unit is not None and unit.state is UnitState.RETRYING:
                unit.state = UnitState.PENDING
        elif self._is_stale(message):
            return
        else:
            loads = isinstance(message, Loads)
            note = f"loading {message.task.engine}" if loads else None
            self._noted(message.task, note)
            await self._take_report(message)

    async def _take_report(self, message: Report) -> None:
        if isinstance(message, Progressed):
            status = self._units[message.task.unit_id]
            status.progress = max(status.progress, message.fraction)
            self._parts.board.tick(self._job_id, status)
        elif isinstance(message, Glimpsed):
            status = self._units[message.task.unit_id]
            self._parts.board.glimpse(self._job_id, status, message.webp)
        elif isinstance(message, Started):
            await self._started(message.task)
        elif isinstance(message, Finished):
            await self._finished(message)
        elif isinstance(message, Broken):
            await self._broken(message)

    def _noted(self, task: UnitTask, note: str | None) -> None:
        status = self._units[task.unit_id]
        if status.note != note:
            status.note = note
            self._parts.board.change(self._job_id, status)

    def _is_stale(self, message: Report) -> bool:
        """Whether it tells of work that another plan has put aside."""
        unit = self._units.get(message.task.unit_id)
        return unit is None or unit.attempt != message.task.attempt

    async def _started(self, task: UnitTask) -> None:
        status = self._units[task.unit_id]
        started_at = await self._parts.store.start_unit(
            self._job_id, task.unit_id, task.attempt
        )
        if started_at is None:
            return
        status.state, status.started_at = UnitState.RUNNING, started_at
        if task.unit_id == self._plan.goal:
            await self._finalizing()
        self._parts.board.change(self._job_id, status)

    async def _finalizing(self) -> None:
        moved = await self._parts.store.move(
            self._job_id, [JobState.RUNNING], JobState.FINALIZING
        )
        if moved:
            self._status.row = replace(self._status.row, state=JobState.FINALIZING)

    async def _finished(self, report: Finished) -> None:
        task, status = report.task, self._units[report.task.unit_id]
        if status.key is None:
            return
        entry = MemoEntry(key=status.key, kind=task.kind, result=report.result)
        committed = await self._parts.store.finish_unit(
            self._job_id, task.unit_id, task.attempt, entry
        )
        if not committed:
            log.warning("unit %s attempt %s was fenced off", task.unit_id, task.attempt)
            return
        self._forced.discard(task.unit_id)
        status.state, status.result = UnitState.DONE, report.result
        status.present, status.reused, status.progress = True, False, 1.0
        status.glimpse = None
        status.finished_at = utc_now()
        log.info(
            "%s done in %.1f s",
            task.unit_id,
            report.result.seconds,
            extra={"action": "unit_done", "job_id": self._job_id, "stage": task.kind},
        )
        self._parts.board.change(self._job_id, status)

    async def _broken(self, report: Broken) -> None:
        task, status = report.task, self._units[report.task.unit_id]
        unit = next(unit for unit in self._plan.units if unit.id == task.unit_id)
        status.tries += 1
        again = report.retryable and status.tries < self._parts.settings.max_tries
        state = UnitState.RETRYING if again else UnitState.ERROR
        error = failure_body(unit, report, status.tries)
        await self._parts.store.fail_unit(
            self._job_id, task.unit_id, task.attempt, error, state
        )
        status.state, status.error, status.finished_at = state, error, utc_now()
        status.progress, status.glimpse = 0.0, None
        log.warning("%s", error.message, extra={"job_id": self._job_id})
        if again:
            delay_s = self._parts.settings.retry_delay_s * 2 ** (status.tries - 1)
            self._later(delay_s, lambda: self._mailbox.put_nowait(_Retry(unit.id)))
        self._parts.board.change(self._job_id, status)

    def _later(self, delay_s: float, call: Callable[[], None]) -> None:
        self._timers.add(asyncio.get_running_loop().call_later(delay_s, call))


def _kept_units(old: Plan, new: Plan, *, without: set[str]) -> set[str]:
    """Units that are the same in both plans, and all that they are made from too."""
    before = {unit.id: unit for unit in old.units if unit.id not in without}
    kept: set[str] = set()
    for unit in new.units:
        if before.get(unit.id) == unit and kept.issuperset(unit.needs):
            kept.add(unit.id)
    return kept
