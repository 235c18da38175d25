"""Pictures of a job in one call: who goes together, how many, and what a failure costs."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from colab_worker.batching import together
from colab_worker.engine_wire import Room
from colab_worker.engines.diffusion.batches import GIB, count_that_fit
from colab_worker.engines.entry import Drawing, EngineEntry
from colab_worker.lane import Batch
from colab_worker.planner import Unit
from colab_worker.settings import parse_settings, read_batch
from colab_worker.tasks import Broken, Finished, Progressed, Started
from shared_protocol.kit.blobs import BlobStore
from tests.unit.test_worker_dispatcher import Lanes


@pytest.fixture
async def lanes(tmp_path: Path) -> AsyncIterator[Lanes]:
    """A lane that does up to three in a call, as its engine has room."""
    made = await asyncio.to_thread(Lanes, tmp_path, 3)
    made.host.room = Room(fits=1, most=None)
    made.dispatcher.start()
    yield made
    await made.dispatcher.close()


async def begun(lanes: Lanes, count: int) -> None:
    """Waits until so many were taken."""
    while count:
        count -= isinstance(await lanes.reports.get(), Progressed)


async def test_the_first_of_a_job_goes_alone_and_others_in_order(lanes: Lanes) -> None:
    """What is not alike, of another job, or one too many waits for its own turn."""
    lanes.submit("1", 1, together="x")
    await begun(lanes, 1)
    for rank, group in ((2, "x"), (3, "y"), (4, "x"), (5, "x"), (6, "x")):
        lanes.submit(str(rank), rank, together=group)
    lanes.submit("0", 9, "job-0002", together="x")
    lanes.gate.set()

    order: list[str] = []
    ended = 0
    while ended < 7:
        report = await lanes.reports.get()
        assert not isinstance(report, Broken)
        ended += isinstance(report, Finished)
        if isinstance(report, Started):
            order.append(report.task.unit_id)
    assert order == ["2", "4", "5", "3", "6", "0"]
    assert lanes.host.calls == [3]


async def test_one_that_fails_leaves_the_others_done(lanes: Lanes) -> None:
    """Those before it are finished, those after it are done again, each alone."""
    lanes.submit("1", 1, together="x")
    await begun(lanes, 1)
    for rank, name in enumerate(("a", "killed", "b"), start=2):
        lanes.submit(name, rank, together="x")
    lanes.gate.set()

    ends = {end.task.unit_id: end for end in await lanes.ends(4)}
    assert isinstance(ends["killed"], Broken)
    assert all(isinstance(ends[name], Finished) for name in ("1", "a", "b"))
    assert lanes.host.calls == [3]
    made = ends["a"]
    assert isinstance(made, Finished)
    assert made.result.facts == {"batch": 9}


async def test_wrong_files_break_only_their_own_unit(lanes: Lanes) -> None:
    """An engine is not believed on its word here either."""
    lanes.submit("1", 1, together="x")
    await begun(lanes, 1)
    for rank, name in enumerate(("wrong", "a"), start=2):
        lanes.submit(name, rank, together="x")
    lanes.gate.set()
    ends = {end.task.unit_id: end for end in await lanes.ends(3)}
    assert isinstance(ends["wrong"], Broken)
    assert isinstance(ends["a"], Finished)


async def test_a_cancel_in_the_middle_of_a_call(lanes: Lanes) -> None:
    """The units that are meant report no more; the others are done again."""
    lanes.host.together_gate.clear()
    lanes.submit("1", 1, together="x")
    await begun(lanes, 1)
    for name in ("3", "4", "5"):
        lanes.submit(name, int(name), together="x")
    lanes.gate.set()
    waits: dict[type, int] = {Progressed: 3, Finished: 1, Started: 3}
    while any(waits.values()):
        waits[type(await lanes.reports.get())] -= 1

    await lanes.dispatcher.cancel("job-0001", {"3", "4"})
    lanes.host.together_gate.set()
    (end,) = await lanes.ends(1)
    assert (end.task.unit_id, type(end)) == ("5", Finished)
    assert lanes.reports.empty()


class SlowBlobs(BlobStore):
    """Adopts files when it is allowed to."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.gate = threading.Event()
        self.begun: queue.Queue[Path] = queue.Queue()

    def adopt(self, path: Path) -> tuple[str, int]:
        """See ``BlobStore``."""
        self.begun.put(path)
        self.gate.wait()
        return super().adopt(path)


async def test_a_cancel_while_the_files_of_a_call_are_kept(tmp_path: Path) -> None:
    """It returns when all are kept: none is done again, and none loses its folder."""
    blobs = await asyncio.to_thread(SlowBlobs, tmp_path / "blobs")
    lanes = await asyncio.to_thread(Lanes, tmp_path, 3, blobs)
    lanes.host.room = Room(fits=1, most=None)
    lanes.dispatcher.start()
    lanes.submit("1", 1, together="x")
    await begun(lanes, 1)
    for name in ("3", "4", "5"):
        lanes.submit(name, int(name), together="x")
    lanes.gate.set()
    for _ in range(4):
        await asyncio.to_thread(blobs.begun.get)

    canceling = asyncio.create_task(lanes.dispatcher.cancel("job-0001", {"3"}))
    early, _ = await asyncio.wait({canceling}, timeout=0.2)
    blobs.gate.set()
    await canceling
    assert not early

    ends = {end.task.unit_id: type(end) for end in await lanes.ends(4)}
    assert ends == dict.fromkeys(("1", "3", "4", "5"), Finished)
    assert (lanes.host.calls, lanes.reports.empty()) == ([3], True)
    await lanes.dispatcher.close()


@pytest.mark.parametrize(
    ("batch", "fits", "most", "count"),
    [
        ("auto", 1, None, 1),
        ("auto", 3, None, 3),
        ("auto", 9, None, 4),
        ("auto", 9, 2, 2),
        (1, 9, None, 1),
        (6, 1, None, 6),
        (6, 1, 3, 3),
    ],
)
async def test_how_many_go_together(
    tmp_path: Path, batch: Batch, fits: int, most: int | None, count: int
) -> None:
    """By memory and at most four; a number that was asked for until memory runs out."""
    lanes = await asyncio.to_thread(Lanes, tmp_path, batch)
    assert lanes.dispatcher.together() == 1  # nothing is known of the engine yet
    lanes.host.room = Room(fits=fits, most=most)
    assert lanes.dispatcher.together() == count


async def test_a_picture_that_is_ready_alone_waits_for_nobody(lanes: Lanes) -> None:
    """A lane takes what there is."""
    lanes.gate.set()
    for rank in (1, 2):
        lanes.submit(str(rank), rank, together="x")
        await lanes.ends(1)
    assert lanes.host.calls == []


def unit(**changes: object) -> Unit:
    """A picture by a model."""
    params = {"prompt": "a", "negative_prompt": "", "seed": 1, "steps": 4} | changes
    drawing = Drawing(side=64, batches=params.pop("batches", True) is True)
    entry = EngineEntry("m", "image", "a:b", version="1", drawing=drawing)
    files = {"redraw": "0" * 64} if params.pop("redraws", False) else {}
    return Unit("scene-001/image", "image", "gpu", entry, params, 1, files=files)


def test_only_words_and_seeds_may_differ() -> None:
    """Likenesses, pictures drawn again, compiled networks and other engines go alone."""
    group = together(unit())
    assert group == together(unit(prompt="b", seed=2, negative_prompt="c"))
    assert group not in (None, together(unit(steps=5)), together(unit(loras=[1])))
    for alone in ("batches", "references", "compiled", "redraws"):
        assert together(unit(**{alone: alone != "batches"})) is None


def test_small_cards_draw_one_at_a_time() -> None:
    """A T4 always does, whatever is free on it; others as many as fit beside a margin."""
    assert count_that_fit(16 * GIB, 15 * GIB, GIB) == 1
    assert count_that_fit(24 * GIB, 16 * GIB, 4 * GIB) == 3
    assert count_that_fit(80 * GIB, 2 * GIB, 4 * GIB) == 1


def test_the_setting(capsys: pytest.CaptureFixture[str]) -> None:
    """By option, else by variable, else auto; nonsense is refused by name."""
    assert parse_settings([], {})[0].batch == "auto"
    assert parse_settings([], {"MOONREEL_BATCH": "2"})[0].batch == 2
    assert parse_settings(["--batch", "1"], {"MOONREEL_BATCH": "2"})[0].batch == 1
    for word in ("0", "-1", "many", "1.5", ""):
        with pytest.raises(ValueError, match="--batch is auto or a number from 1"):
            read_batch(word)
    with pytest.raises(SystemExit):
        parse_settings([], {"MOONREEL_BATCH": "all"})
    assert "--batch is auto or a number from 1, not 'all'" in capsys.readouterr().err
