"""What readers are told: words, percentages, names, estimates, and only what is new."""

from __future__ import annotations

import gzip
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from colab_worker.board import Board
from colab_worker.store.jobs import Store
from colab_worker.store.rows import JobRow, UnitRow
from colab_worker.views import (
    STAGES,
    UnitStatus,
    artifacts,
    current_stage,
    job_view,
    overall_progress,
    remaining_s,
)
from shared_protocol.artifacts import Artifact, FileRef, UnitResult
from shared_protocol.clock import rfc3339
from shared_protocol.errors import ErrorBody
from shared_protocol.jobs import JobState, JobView, UnitState, WorkerStamp
from shared_protocol.kit.database import Database

SHA = "a" * 64
STAMP = WorkerStamp(id="w", boot_id="b")
FILES = {
    "image": ("picture.png", "preview.webp"),
    "voice": ("voice.wav", "words.json"),
    "clip": ("clip.mp4",),
    "sound": ("sound.m4a",),
    "film": ("film.mp4", "captions.srt", "captions.vtt", "script.md", "poster.jpg"),
}


def job(state: JobState = JobState.RUNNING, **changes: Any) -> JobRow:
    """A job in a state."""
    row = JobRow("job-0001", "film", "T", "{}", SHA, SHA, state=state)
    return replace(row, **changes)


def units(scenes: int = 3) -> list[UnitStatus]:
    """The units of a film, none of them begun."""
    ids = [(f"scene-{n:03}/{k}", k, n) for n in range(1, scenes + 1) for k in FILES]
    ids = [i for i in ids if i[1] not in ("sound", "film")]
    rows = [
        UnitRow("job-0001", unit_id, 0, kind, scene, (), "e")
        for unit_id, kind, scene in [
            *ids,
            ("sound", "sound", None),
            ("film", "film", None),
        ]
    ]
    return [UnitStatus.of(row, version=1) for row in rows]


def finish(unit: UnitStatus, took_s: float = 2.0) -> None:
    """The unit is done, with its files."""
    unit.state = UnitState.DONE
    unit.started_at, unit.finished_at = rfc3339(1000), rfc3339(1000 + took_s)
    unit.result = UnitResult(
        files=tuple(
            FileRef(name=name, sha256=SHA, bytes=1, media_type="x/y")
            for name in FILES[unit.kind]
        )
    )


def view(row: JobRow, of: list[UnitStatus]) -> JobView:
    """The whole view."""
    return job_view(
        row, of, version=3, progress=overall_progress(row, of), queue_position=2,
        stamp=STAMP,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (JobState.QUEUED, "starting"),
        (JobState.PREPARING, "starting"),
        (JobState.RUNNING, "processing"),
        (JobState.FINALIZING, "processing"),
        (JobState.CANCELING, "processing"),
        (JobState.COMPLETE, "complete"),
        (JobState.ERROR, "error"),
        (JobState.CANCELED, "error"),
    ],
)
def test_old_clients_read_their_own_words(state: JobState, word: str) -> None:
    """Four words, of which two end the polling; a message for people with each."""
    told = view(job(state), units())

    assert (told.status, told.terminal) == (word, word in ("complete", "error"))
    assert told.message.endswith(".")
    assert (told.queue_position == 2) == (state is JobState.QUEUED)


def test_an_error_is_the_message() -> None:
    """Old clients show ``message``: it says what went wrong."""
    error = ErrorBody(code="engine_failed", message="Scene 2: the picture failed.")

    assert view(job(JobState.ERROR, error=error), units()).message == error.message


@pytest.mark.parametrize("seed", range(20))
def test_progress_grows_with_every_finished_unit(seed: int) -> None:
    """In any order it never falls, begins at 10, and reaches 100 only at the end."""
    film = units(scenes=4)
    order = film[:-1]
    random.Random(seed).shuffle(order)
    told = [overall_progress(job(), film)]
    for unit in [*order, film[-1]]:
        unit.progress = 0.5
        told.append(overall_progress(job(), film))
        finish(unit)
        told.append(overall_progress(job(), film))

    assert told == sorted(told)
    assert (told[0], told[-1]) == (10, 99)
    assert overall_progress(job(JobState.COMPLETE), film) == 100


def test_old_clients_milestones_hold() -> None:
    """Pictures lead to 50; a job without units, or that waits, is at 0."""
    film = units()
    for unit in film:
        if unit.kind == "image":
            finish(unit)

    assert overall_progress(job(), film) == 50
    assert overall_progress(job(JobState.QUEUED), []) == 0
    assert sum(STAGES.values()) + 10 == 99


def test_the_stage_is_the_first_with_something_left() -> None:
    """Queue, then image to film, then done; its index goes up with it."""
    film = units(scenes=1)
    seen = [(current_stage(job(JobState.QUEUED), []), 0)]
    for unit in film:
        told = view(job(), film)
        seen.append((told.stage, told.stage_index))
        finish(unit)
    told = view(job(JobState.COMPLETE), film)
    seen.append((told.stage, told.stage_index))

    assert seen == [
        ("queue", 0), ("image", 0), ("voice", 1), ("clip", 2), ("sound", 3), ("film", 4), ("done", 5),
    ]  # fmt: skip


def test_there_is_no_estimate_before_there_are_measurements() -> None:
    """Two pictures and two clips, done in this job, are the least to judge by."""
    film = units(scenes=4)
    assert remaining_s(job(), film) is None
    measured = [u for u in film if u.scene in (1, 2) and u.kind != "voice"]
    for unit in measured:
        assert remaining_s(job(), film) is None
        finish(unit, took_s=10.0 if unit.kind == "image" else 4.0)

    # two pictures of 10 s, the last clip and the film of 4 s each
    assert remaining_s(job(), film) == 28.0
    for state in set(JobState) - {JobState.RUNNING, JobState.FINALIZING}:
        assert remaining_s(job(state), film) is None
    for unit in measured:
        unit.reused = True
    assert remaining_s(job(), film) is None


def test_downloads_have_names_of_their_own() -> None:
    """Every finished file once, under a name that says which scene it is of."""
    film = units()
    for unit in film:
        finish(unit)
    names = [artifact.name for artifact in artifacts(film)]

    assert len(set(names)) == len(names) == 3 * 5 + 6
    assert {"film.mp4", "scene-001-picture.png", "scene-003-words.json"} <= set(names)


def test_only_finished_files_that_are_here_are_offered() -> None:
    """What lies on another machine, or failed, is no download."""
    done, away, failed = units(scenes=1)[:3]
    for unit in (done, away, failed):
        finish(unit)
    away.present = False
    failed.state = UnitState.ERROR

    assert [a.name for a in artifacts([done, away, failed])] == [
        "scene-001-picture.png",
        "scene-001-preview.webp",
    ]


@pytest.fixture
async def board(tmp_path: Path) -> AsyncIterator[Board]:
    """A board over an empty store, with a job of three scenes on it."""
    store = Store(Database.in_file(tmp_path / "worker.db"))
    await store.open()
    made = Board(store, STAMP, tick_s=0.0)
    made.put(job())
    made.live("job-0001").units = {unit.id: unit for unit in units()}
    yield made
    await store.close()


async def test_each_change_is_a_version_and_a_delta(board: Board) -> None:
    """A reader who merges the deltas by id sees what the whole view shows."""
    status = board.live("job-0001")
    first = board.view(status)
    merged = {unit.id: unit for unit in first.units}
    known, seen = first.version, dict[str, Artifact]()
    for unit in status.units.values():
        finish(unit)
        version = board.change("job-0001", unit)
        delta = board.view(status, since=known)
        assert (version, delta.since) == (known + 1, known)
        assert [u.id for u in delta.units] == [unit.id]
        merged |= {u.id: u for u in delta.units}
        seen |= {a.name: a for a in delta.artifacts}
        known = delta.version

    whole = board.view(status)
    assert tuple(merged.values()) == whole.units
    assert tuple(seen.values()) == whole.artifacts
    assert board.view(status, since=known).units == ()


async def test_progress_never_falls_within_an_attempt(board: Board) -> None:
    """A unit that is tried again does not take the number back."""
    status = board.live("job-0001")
    unit = next(iter(status.units.values()))
    unit.progress = 0.9
    board.change("job-0001", unit)
    high = status.progress
    unit.progress = 0.0
    board.change("job-0001", unit)

    assert board.view(status).progress == status.progress == high > 10


async def test_a_tick_without_visible_progress_wakes_nobody(board: Board) -> None:
    """The version changes only when the percentage does."""
    status = board.live("job-0001")
    unit = next(iter(status.units.values()))
    before = board.change("job-0001")
    unit.progress = 0.001
    board.tick("job-0001", unit)
    assert board.versions["job-0001"] == before
    unit.progress = 0.9
    board.tick("job-0001", unit)

    assert board.versions["job-0001"] == before + 1


async def test_bodies_are_made_once_for_a_version(board: Board) -> None:
    """All readers get the same bytes, packed or not, until something changes."""
    status = board.live("job-0001")
    plain = board.body(status, compressed=False)

    assert gzip.decompress(board.body(status, compressed=True)) == plain
    assert JobView.model_validate_json(plain) == board.view(status)
    assert board.body(status, compressed=False) is plain
    board.change("job-0001")
    assert board.body(status, compressed=False) != plain


async def test_finished_jobs_leave_the_memory_and_are_read_again(board: Board) -> None:
    """A thousand finished jobs do not stay; running ones do."""
    for number in range(300):
        board.put(job(JobState.COMPLETE, id=f"done-{number:04}"))

    assert len(board.versions) == 257
    assert "job-0001" in board.versions
    assert await board.find("done-0000") is None  # not in the store either


async def test_waiting_jobs_know_their_place(board: Board) -> None:
    """1 is next; only those whose place changed have news."""
    for name in ("wait-001", "wait-002"):
        board.put(job(JobState.QUEUED, id=name))
    board.place_queue(["wait-001", "wait-002"])
    versions = dict(board.versions)
    board.place_queue(["wait-001", "wait-002"])
    assert board.versions == versions

    board.place_queue(["wait-002"])

    assert board.view(board.live("wait-002")).queue_position == 1
    assert board.counts() == {"depth": 2, "running": 1}
