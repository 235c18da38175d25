"""The store: guarded changes, the fence, and what a restart finds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from colab_worker.store.jobs import VERSION_LEAP, Store
from colab_worker.store.rows import JobRow, UnitRow
from shared_protocol.artifacts import FileRef, MemoEntry, UnitResult
from shared_protocol.errors import ErrorBody
from shared_protocol.jobs import JobState, UnitState
from shared_protocol.kit.database import Database

KEY = "a" * 64
FAILED = ErrorBody(code="engine_failed", message="It failed.")


def entry(sha: str = "b" * 64, key: str = KEY) -> MemoEntry:
    """What a picture's unit leaves behind."""
    file = FileRef(name="picture.png", sha256=sha, bytes=1, media_type="image/png")
    return MemoEntry(key=key, kind="image", result=UnitResult(files=(file,)))


def job(job_id: str = "job-0001", **changes: Any) -> JobRow:
    """A job in the queue."""
    row = JobRow(job_id, "film", "T", "{}", spec_sha256=KEY, body_sha256=KEY)
    return replace(row, **changes)


def unit(unit_id: str = "scene-001/image", job_id: str = "job-0001") -> UnitRow:
    """A unit that nobody has begun."""
    return UnitRow(job_id, unit_id, 0, "image", 1, (), "papercut")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """A store with a job of one unit."""
    opened = Store(Database.in_file(tmp_path / "worker.db"))
    await opened.open()
    await opened.add_job(job())
    await opened.plan_units("job-0001", [unit()])
    yield opened
    await opened.close()


async def the_unit(store: Store) -> UnitRow:
    """The job's one unit as it is stored."""
    (found,) = await store.units("job-0001")
    return found


async def begun(store: Store) -> int:
    """Hands the unit out and starts it; the attempt."""
    attempt = await store.begin_unit("job-0001", "scene-001/image", KEY)
    assert await store.start_unit("job-0001", "scene-001/image", attempt)
    return attempt


async def test_a_job_comes_back_as_it_was_stored(store: Store) -> None:
    """Every field survives, errors and warnings too; the place in the queue is given."""
    full = job(
        "job-0002", idempotency_key="k", warnings=("a", "b"), draft=True, error=FAILED,
        version=7, attempt=3, started_at="s", finished_at="f", heartbeat_at="h",
    )  # fmt: skip
    added = await store.add_job(full)

    assert added == await store.job("job-0002") == replace(full, position=2)
    assert await store.job_of_key("k") == added
    assert await store.job("job-9999") is None


async def test_ids_and_idempotency_keys_are_taken_once(store: Store) -> None:
    """The second job is refused and changes nothing; jobs without a key never collide."""
    assert await store.add_job(job()) is None
    assert await store.add_job(job("job-0002", idempotency_key="k")) is not None
    assert await store.add_job(job("job-0003", idempotency_key="k")) is None
    assert await store.add_job(job("job-0004")) is not None

    listed = [row.id for row in await store.job_list()]
    assert listed == ["job-0004", "job-0002", "job-0001"]
    newest = await store.newest_of_body(KEY)
    assert newest is not None
    assert newest.id == "job-0004"


async def test_a_state_changes_only_from_an_expected_one(store: Store) -> None:
    """Whoever comes second is told so, and nothing of what it brought is kept."""
    assert await store.move("job-0001", [JobState.QUEUED], JobState.CANCELED)
    late = await store.move(
        "job-0001", [JobState.QUEUED], JobState.PREPARING, started_at="late"
    )

    row = await store.job("job-0001")
    assert row is not None
    assert (late, row.state, row.started_at) == (False, JobState.CANCELED, None)
    assert not await store.move("job-9999", list(JobState), JobState.ERROR)


async def test_an_old_attempt_is_fenced_off(store: Store) -> None:
    """A frozen worker that wakes up cannot overwrite its replacement, nor the memo."""
    old = await begun(store)
    new = await begun(store)
    assert new == old + 1

    late = entry(sha="c" * 64)
    assert not await store.finish_unit("job-0001", "scene-001/image", old, late)
    assert not await store.fail_unit(
        "job-0001", "scene-001/image", old, FAILED, UnitState.ERROR
    )
    assert await store.start_unit("job-0001", "scene-001/image", old) is None
    assert await store.memo.recall(KEY) is None
    assert (await the_unit(store)).state is UnitState.RUNNING

    assert await store.finish_unit("job-0001", "scene-001/image", new, entry())
    assert not await store.finish_unit("job-0001", "scene-001/image", new, late)
    assert await store.memo.recall(KEY) == entry().result
    assert (await the_unit(store)).result == entry().result


async def test_a_failure_counts_the_try_and_keeps_the_memo_empty(store: Store) -> None:
    """The reason is stored with the unit, and the next attempt clears it."""
    for tries in (1, 2):
        attempt = await begun(store)
        assert (await the_unit(store)).error is None
        await store.fail_unit(
            "job-0001", "scene-001/image", attempt, FAILED, UnitState.RETRYING
        )
        found = await the_unit(store)
        assert (found.tries, found.error) == (tries, FAILED)

    assert await store.memo.recall(KEY) is None


async def test_the_first_result_under_a_key_stays(store: Store) -> None:
    """Entries of a mirror never replace what this worker remembers."""
    await store.memo.remember([entry()])
    await store.memo.remember([entry(sha="c" * 64), entry(key="d" * 64)])

    assert await store.memo.recall(KEY) == entry().result
    assert await store.memo.recall("d" * 64) == entry().result


async def test_planning_again_keeps_the_counters(store: Store) -> None:
    """Attempts go on counting, so that the fence holds across a retry of the job."""
    attempt = await begun(store)
    await store.recover()

    planned = await store.plan_units(
        "job-0001", [unit(), replace(unit("film"), position=1)]
    )

    assert planned == await store.units("job-0001")
    first, film = planned
    assert (first.attempt, first.interruptions, first.tries) == (attempt, 1, 0)
    assert (first.state, film.attempt) == (UnitState.PENDING, 0)
    assert not await store.finish_unit("job-0001", "scene-001/image", attempt, entry())


@pytest.mark.parametrize(
    ("before", "after", "leap"),
    [
        (JobState.QUEUED, JobState.QUEUED, True),
        (JobState.PREPARING, JobState.QUEUED, True),
        (JobState.RUNNING, JobState.QUEUED, True),
        (JobState.FINALIZING, JobState.QUEUED, True),
        (JobState.CANCELING, JobState.CANCELED, True),
        (JobState.COMPLETE, JobState.COMPLETE, False),
        (JobState.ERROR, JobState.ERROR, False),
        (JobState.CANCELED, JobState.CANCELED, False),
    ],
)
async def test_a_restart_goes_on_where_it_can(
    store: Store, before: JobState, after: JobState, leap: bool
) -> None:
    """What ran is queued, what was being canceled is canceled, what ended stays; and
    readers who know a version from before the crash still hear of it."""
    await store.move("job-0001", list(JobState), before)
    await store.recover()

    row = await store.job("job-0001")
    assert row is not None
    assert (row.state, row.version > VERSION_LEAP) == (after, leap)


@pytest.mark.parametrize(
    ("before", "after", "interruptions"),
    [
        (UnitState.RUNNING, UnitState.PENDING, 1),
        (UnitState.QUEUED, UnitState.PENDING, 0),
        (UnitState.RETRYING, UnitState.PENDING, 0),
        (UnitState.ERROR, UnitState.ERROR, 0),
        (UnitState.DONE, UnitState.DONE, 0),
    ],
)
async def test_a_restart_counts_units_that_were_running(
    store: Store, before: UnitState, after: UnitState, interruptions: int
) -> None:
    """Only a unit that was running when the worker died is suspected of it."""
    await store.plan_units("job-0001", [replace(unit(), state=before)])
    await store.recover()

    found = await the_unit(store)
    assert (found.state, found.interruptions) == (after, interruptions)


async def test_only_a_new_attempt_queues_an_ended_job_again(store: Store) -> None:
    """An old or equal attempt, or a job that is not failed, changes nothing."""
    assert not await store.requeue("job-0001", 2, 5)
    await store.move("job-0001", [JobState.QUEUED], JobState.ERROR, error=FAILED)
    await store.add_job(job("job-0002"))
    assert not await store.requeue("job-0001", 1, 5)

    assert await store.requeue("job-0001", 2, 5)

    assert [row.id for row in await store.queued()] == ["job-0002", "job-0001"]
    row = await store.job("job-0001")
    assert row is not None
    assert (row.attempt, row.version, row.error) == (2, 5, None)


async def test_units_of_a_stopped_job_are_given_back(store: Store) -> None:
    """Results and failures stay; everything else waits again."""
    states = list(UnitState)
    await store.plan_units(
        "job-0001",
        [replace(unit(f"u{n}"), position=n, state=s) for n, s in enumerate(states)],
    )
    await store.give_back("job-0001")

    kept = {UnitState.DONE, UnitState.ERROR}
    assert [u.state for u in await store.units("job-0001")] == [
        state if state in kept else UnitState.PENDING for state in states
    ]


async def test_a_reused_unit_names_its_key(store: Store) -> None:
    """What was known before is marked as reused, and is no work of this job."""
    await store.reuse_unit("job-0001", "scene-001/image", entry())

    found = await the_unit(store)
    assert (found.state, found.key, found.reused) == (UnitState.DONE, KEY, True)
    assert found.attempt == 0


async def test_a_heartbeat_never_takes_a_version_back(store: Store) -> None:
    """The end of a job may be written while its last heartbeat is on the way."""
    await store.move("job-0001", [JobState.QUEUED], JobState.COMPLETE, version=20)
    await store.heartbeat(["job-0001"], {"job-0001": 15})
    late = await store.job("job-0001")
    await store.heartbeat(["job-0001"], {"job-0001": 25})
    row = await store.job("job-0001")

    assert late is not None
    assert row is not None
    assert (late.version, row.version) == (20, 25)
