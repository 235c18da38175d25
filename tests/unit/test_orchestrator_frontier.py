"""What a new worker is sent, and how news of a job are joined."""

from __future__ import annotations

from orchestrator.deltas import merged
from orchestrator.endings import ending, is_over
from orchestrator.frontier import needed_blobs
from shared_protocol.artifacts import MemoEntry
from shared_protocol.jobs import JobState, JobView, UnitState
from shared_protocol.specs import FilmSpec
from tests.servers.fake_units import FakeJob, FakeUnit, plan
from tests.servers.fake_worker import FakeWorker

SPEC = FilmSpec.model_validate(
    {
        "scenes": [
            {"narration": f"Scene {n}.", "image_prompt": f"hill {n}"} for n in (1, 2)
        ]
    }
)


def job(*done: str) -> tuple[FakeJob, list[MemoEntry], JobView]:
    """A job of two scenes with some units done: itself, its memo, its view."""
    found = FakeJob("job-00000001", SPEC, 1, plan(SPEC))
    for name in done:
        found.units[name].done = True
    memo = [
        MemoEntry(key=unit.key, kind=unit.kind, result=unit.result())
        for unit in found.units.values()
        if unit.done
    ]
    return found, memo, FakeWorker().view(found)


def needed(*done: str) -> set[str]:
    """Names of the units whose files are needed."""
    found, memo, view = job(*done)
    names = {unit.sha256: unit.id for unit in found.units.values()}
    return {names[sha256] for sha256 in needed_blobs(view.units, memo)}


def test_nothing_is_needed_at_the_beginning_or_the_end() -> None:
    """No unit done: nothing to send. All done: nobody reads anything any more."""
    every = [unit.id for unit in plan(SPEC).values()]

    assert needed() == set()
    assert needed(*every) == set()


def test_only_inputs_of_what_is_left_are_needed() -> None:
    """A finished clip stands for its picture and voice."""
    assert needed("image-001") == {"image-001"}
    assert needed("image-001", "voice-001", "clip-001") == {"clip-001"}
    assert needed("image-001", "voice-001", "clip-001", "voice-002") == {
        "clip-001",
        "voice-002",
    }


def test_a_whole_view_replaces_and_a_piece_is_joined() -> None:
    """Units and files of a piece take the place of those known before."""
    _, _, before = job("image-001")
    found, _, after = job("image-001", "voice-001")
    unit = found.units["voice-001"]
    piece = after.model_copy(
        update={
            "since": before.version,
            "version": before.version + 1,
            "units": tuple(u for u in after.units if u.id == unit.id),
            "artifacts": tuple(a for a in after.artifacts if a.sha256 == unit.sha256),
        }
    )
    joined = merged(before, piece)

    assert joined is not None
    assert joined.since is None
    assert joined.units == after.units
    assert {a.sha256 for a in joined.artifacts} == {a.sha256 for a in after.artifacts}
    assert merged(before, after) is after


def test_a_missed_piece_is_noticed() -> None:
    """Without what came before, a piece is not taken for the whole."""
    _, _, before = job("image-001")
    piece = before.model_copy(update={"since": before.version + 3})

    assert merged(before, piece) is None
    assert merged(None, piece) is None


def test_the_end_of_an_older_attempt_does_not_count() -> None:
    """A canceled or failed view of attempt 1 says nothing about attempt 2."""
    _, _, view = job()
    own = view.spec_sha256 or ""
    for state in JobState:
        ended = view.model_copy(update={"state": state})
        stopped = state in (JobState.ERROR, JobState.CANCELED, JobState.CANCELING)
        assert is_over(ended, 2, lambda: own) is stopped
        assert is_over(ended, 1, lambda: own) is False
        assert is_over(ended, 2, lambda: "0" * 64), "another film"


def test_only_complete_is_a_hundred_percent() -> None:
    """Each way to end gives its own state, and an error always has a reason."""
    _, _, view = job()
    ends = {
        state: ending(view.model_copy(update={"state": state}))
        for state in (JobState.COMPLETE, JobState.CANCELED, JobState.ERROR)
    }

    assert ends[JobState.COMPLETE]["progress"] == 100
    assert "progress" not in ends[JobState.ERROR]
    assert "message" in ends[JobState.ERROR]["error_json"]
    assert ends[JobState.CANCELED]["state"] == "canceled"


def test_a_fake_unit_is_a_pure_function() -> None:
    """The same spec plans the same keys and bytes, in any process."""
    first: FakeUnit = plan(SPEC)["film"]

    assert first.data == plan(SPEC)["film"].data
    assert UnitState.DONE not in {unit.state for unit in job()[2].units}
