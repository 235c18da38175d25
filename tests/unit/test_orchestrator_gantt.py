"""The picture of a job: every unit where and when it ran, readable without seeing it."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from orchestrator.gantt import gantt_svg
from shared_protocol.clock import rfc3339
from shared_protocol.films import Outage
from shared_protocol.jobs import JobView, UnitView

SVG = "{http://www.w3.org/2000/svg}"
ZERO = 1_800_000_000.0


def unit(
    kind: str, scene: int | None, start: float, end: float, **more: Any
) -> UnitView:
    """A unit that ran from ``start`` to ``end`` seconds after the order."""
    values: dict[str, Any] = {
        "id": f"scene-{scene:03}/{kind}" if scene else kind,
        "kind": kind,
        "scene": scene,
        "state": "done",
        "attempt": 1,
        "engine": "papercut",
        "started_at": rfc3339(ZERO + start),
        "finished_at": rfc3339(ZERO + end),
    }
    return UnitView(**(values | more))


def job(*units: UnitView, title: str = "The crow") -> JobView:
    """A finished job of those units."""
    return JobView(
        job_id="01900000-0000-7000-8000-000000000000",
        kind="film",
        title=title,
        status="complete",
        state="complete",
        terminal=True,
        version=9,
        progress=100,
        message="",
        stage="done",
        stage_index=4,
        stage_total=4,
        attempt=1,
        created_at=rfc3339(ZERO),
        worker={"id": "w", "boot_id": "b", "gpu": "Tesla T4"},
        units=units,
        spec_sha256="0" * 64,
    )


def drawn(view: JobView, *outages: Outage) -> tuple[str, dict[str, dict[str, float]]]:
    """The picture's words, and each bar's place by its own title."""
    root = ElementTree.fromstring(gantt_svg(view, ("One", "Two"), outages))
    bars = {}
    for group in root.iter(f"{SVG}g"):
        box = group.find(f"{SVG}rect")
        named = group.findtext(f"{SVG}title")
        assert named is not None
        keys = ("x", "y", "width") if box is not None else ()
        bars[named] = {key: float(box.get(key)) for key in keys}  # type: ignore[union-attr]
    return root.findtext(f"{SVG}desc") or "", bars


def test_bars_stand_where_their_units_ran() -> None:
    """Time goes to the right at one scale, scenes go down, kinds have lanes."""
    view = job(
        unit("image", 1, 0, 4),
        unit("image", 2, 4, 8),
        unit("clip", 1, 4, 6),
        unit("film", None, 8, 10),
    )
    told, bars = drawn(view)
    first, second = (
        bars["scene-001/image: 4 s, papercut"],
        bars["scene-002/image: 4 s, papercut"],
    )
    clip, film = bars["scene-001/clip: 2 s, papercut"], bars["film: 2 s, papercut"]

    assert told == "4 of 4 units ran, the last until 10 s; on Tesla T4."
    assert second["x"] == pytest.approx(first["x"] + first["width"])
    assert first["width"] == pytest.approx(2 * clip["width"])
    assert clip["x"] == second["x"]
    assert first["y"] < clip["y"] < second["y"] < film["y"]
    assert film["x"] + film["width"] == pytest.approx(210 + 860)


def test_what_was_tried_again_failed_or_known_is_told() -> None:
    """In words too: nothing depends on seeing stripes or colours."""
    view = job(
        unit("image", 1, 0, 4, attempt=3),
        unit("voice", 1, 0, 1, state="error"),
        unit("image", 2, 0, 0, reused=True, attempt=0),
        unit("clip", 2, 0, 0, started_at=None, finished_at=None, state="pending"),
    )
    told, bars = drawn(view)

    assert told == (
        "2 of 4 units ran, the last until 4 s; 1 known before; 1 tried again; "
        "1 failed; on Tesla T4."
    )
    assert set(bars) == {
        "scene-001/image: 4 s, try 3, papercut",
        "scene-001/voice: 1 s, papercut",
        "scene-002/image: known before",
    }


def outage(since: float, until: float | None) -> Outage:
    """In seconds after the order; None: it lasts."""
    end = None if until is None else rfc3339(ZERO + until)
    return Outage(since=rfc3339(ZERO + since), until=end)


def test_gaps_are_when_the_worker_was_away() -> None:
    """Columns where it was among the bars, and told in words."""
    view = job(unit("image", 1, 2, 6), unit("film", None, 6, 12))
    told, places = drawn(view, outage(3, 5), outage(11, None))
    bar = places["scene-001/image: 4 s, papercut"]
    first, last = (places[f"the worker was away for {n} s"] for n in (2, 1))

    assert told == (
        "2 of 2 units ran, the last until 12 s; the worker was away for 3 s; "
        "on Tesla T4."
    )
    assert first["x"] == pytest.approx(bar["x"] + bar["width"] / 4, abs=0.1)
    assert first["width"] == pytest.approx(bar["width"] / 2, abs=0.1)
    assert last["x"] + last["width"] == pytest.approx(210 + 860, abs=0.1)


def test_a_gap_before_all_bars_belongs_to_the_picture() -> None:
    """Another worker took the job over afterwards, and knows nothing of before."""
    told, places = drawn(job(unit("image", 1, 5, 10)), outage(-10, 0))
    gap, bar = (
        places["the worker was away for 10 s"],
        places["scene-001/image: 5 s, papercut"],
    )

    assert told == (
        "1 of 1 units ran, the last until 20 s; the worker was away for 10 s; "
        "on Tesla T4."
    )
    assert (gap["x"], gap["width"]) == (210, pytest.approx(430))
    assert (bar["x"], bar["width"]) == (pytest.approx(855), pytest.approx(215))


def test_titles_are_text_and_nothing_else() -> None:
    """Markup in a title is shown, not obeyed; long ones are cut."""
    evil = "</text><script>alert(1)</script>" + "x" * 300
    svg = gantt_svg(job(unit("film", None, 0, 1), title=evil), [evil])

    assert not list(ElementTree.fromstring(svg).iter(f"{SVG}script"))
    assert "&lt;script&gt;" in svg


def test_a_job_in_which_nothing_ran_has_a_picture_too() -> None:
    """Everything known before, or canceled at once."""
    told, bars = drawn(job(unit("film", None, 0, 0, reused=True)))

    assert told == "0 of 1 units ran; 1 known before; on Tesla T4."
    assert set(bars) == {"film: known before"}
