"""What the three reporters say of the same job."""

from __future__ import annotations

import io

from rich.console import Console

from orchestrator.cli.live import Panel
from orchestrator.cli.reporters import LINE_EVERY_S, LineReporter
from orchestrator.cli.tally import Cell, cells, film_seconds, stages
from shared_protocol.artifacts import UnitResult
from shared_protocol.films import FilmState, FilmView
from shared_protocol.jobs import JobState, JobView, UnitState, UnitView, WorkerStamp

JOB_ID = "0193aaaa-0000-7000-8000-000000000001"


def view(done: int = 0, **fields: object) -> FilmView:
    """A job of two scenes of which the first ``done`` units are finished."""
    base = FilmView(
        job_id=JOB_ID,
        title="Moon",
        state=FilmState.SENT,
        terminal=False,
        version=done + 1,
        progress=10 * done,
        message=f"unit {done}",
        stage="images",
        attempt=1,
        created_at="2026-01-01T00:00:00.000Z",
        draft=True,
        warnings=("stand-in pictures",),
        render=render(done),
    )
    return base.model_copy(update=fields)


def render(done: int, *, failed: int | None = None) -> JobView:
    """The worker's side of :func:`view`."""
    names = [("image", 1), ("voice", 1), ("clip", 1), ("image", 2), ("voice", 2)]
    units = [
        UnitView(id=f"scene-{n:03}/{kind}", kind=kind, scene=n)
        for kind, n in [*names, ("clip", 2)]
    ]
    units.append(UnitView(id="film", kind="film"))
    result = UnitResult(files=(), facts={"duration_s": 9.5})
    for index in range(done):
        state = UnitState.ERROR if index == failed else UnitState.DONE
        units[index] = units[index].model_copy(
            update={"state": state, "result": result}
        )
    return JobView(
        job_id=JOB_ID,
        kind="film",
        title="Moon",
        status="processing",
        state=JobState.RUNNING,
        terminal=False,
        version=1,
        progress=0,
        message="",
        stage="images",
        stage_index=1,
        stage_total=4,
        attempt=1,
        created_at="2026-01-01T00:00:00.000Z",
        worker=WorkerStamp(id="w", boot_id="b", gpu="Tesla T4"),
        units=tuple(units),
        spec_sha256="0" * 64,
    )


def drawn(shown: FilmView, *, unicode: bool = True) -> str:
    """The live block as a terminal without colours shows it."""
    panel = Panel(unicode=unicode)
    panel.begin(JOB_ID, shown.title, went_on=False)
    panel.view = shown
    out = io.StringIO()
    Console(file=out, width=100).print(panel.render())
    return out.getvalue()


def test_units_are_counted_by_stage_and_scene() -> None:
    """The strip counts pictures, voices and clips; each scene knows its share."""
    counted = {c.name: (c.done, c.total) for c in stages(view(4))}
    assert counted == {
        "script": (1, 1),
        "pictures": (2, 2),
        "voices": (1, 2),
        "clips": (1, 2),
        "film": (0, 1),
    }
    assert cells(view(4)) == (Cell(1, 3, 3), Cell(2, 1, 3))


def test_a_script_in_the_making_is_not_done() -> None:
    """Before the scenes are known only the script stage has a total."""
    writing = view(state=FilmState.GENERATING_SCRIPT, render=None)
    script, *others = stages(writing)
    assert (script.name, script.done, script.total) == ("script", 0, 1)
    assert {count.total for count in others} == {0}


def test_film_length_comes_from_its_unit() -> None:
    """Only the film's own fact counts."""
    assert film_seconds(view(6)) is None
    assert film_seconds(view(7)) == 9.5


def test_lines_come_at_most_every_ten_seconds() -> None:
    """One line for each change of stage, else none before ten seconds are over."""
    now, out = [0.0], io.StringIO()
    reporter = LineReporter(out, clock=lambda: now[0])
    for number in range(5):
        now[0] += LINE_EVERY_S / 4
        reporter.update(view(number))
    reporter.update(view(6, state=FilmState.UNREACHABLE))
    lines = out.getvalue().splitlines()
    assert [line.split("] ")[1][:22] for line in lines] == [
        "warning: stand-in pict",
        "  0% unit 0 (pictures ",
        " 40% unit 4 (pictures ",
        " 60% unit 6 (pictures ",
    ]


def test_live_block_shows_everything_named() -> None:
    """Strip, cells, percentage, estimate, worker with GPU, draft badge and warning."""
    text = drawn(view(4, eta_s=100.0))
    assert "pictures 2/2" in text
    assert "scenes █▒" in text
    assert "40%" in text
    assert "1:20-2:15 left" in text
    assert "Tesla T4" not in text  # no worker is linked yet
    assert " draft " in text
    assert "! stand-in pictures" in text


def test_live_block_marks_a_failed_scene() -> None:
    """A scene with a failed unit is a cross, also without Unicode."""
    broken = view(2, render=render(2, failed=1))
    assert "scenes ✗░" in drawn(broken)
    assert "scenes x." in drawn(broken, unicode=False)


def test_a_retried_job_has_no_failures_yet() -> None:
    """What failed in an earlier attempt is work to do again."""
    again = view(2, attempt=2, render=render(2, failed=1))
    assert not any(count.failed for count in stages(again))
    assert cells(again)[0] == Cell(1, 1, 3)
