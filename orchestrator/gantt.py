"""A picture of what a job did when: one row a scene, a bar for each unit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from shared_protocol.clock import unix_seconds
from shared_protocol.films import Outage
from shared_protocol.jobs import JobView, UnitState, UnitView

_COLOURS = {
    "image": "#3d5a80",
    "voice": "#8a9a4b",
    "clip": "#e09f3e",
    "sound": "#6a994e",
    "film": "#b5485d",
}
_WORDS = {"image": "picture"}
#: Bars of one row stand in three lanes.
_LANES = {"image": 0, "voice": 1, "clip": 2, "sound": 0, "film": 1}
_INK, _QUIET, _PAPER = "#22223b", "#8d8da3", "#fbfaf7"
_LEFT, _WIDTH, _RIGHT = 210, 860, 30
_TOP, _ROW, _LANE = 86, 30, 8
_TITLE_CHARS = 26
#: Seconds between two marks of the axis; the first that gives at most ten is taken.
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200)


@dataclass(frozen=True)
class _Bar:
    unit: UnitView
    start_s: float
    end_s: float


@dataclass(frozen=True)
class _Gap:
    """The worker was away, or its tunnel was."""

    start_s: float
    end_s: float


def gantt_svg(
    view: JobView, scene_titles: Sequence[str], outages: Sequence[Outage] = ()
) -> str:
    """An SVG of the job's units on one axis of time, with its words for those who listen."""
    # A job that another worker took over was created there after the outage.
    begins = [view.created_at, *(outage.since for outage in outages)]
    zero_s = min(map(unix_seconds, begins))
    bars = list(_bars(view.units, zero_s))
    last_s = max([bar.end_s for bar in bars], default=0.0)
    gaps = list(_gaps(outages, zero_s, last_s))
    length_s = max([last_s, *(gap.end_s for gap in gaps)]) or 1.0
    rows = [*enumerate(scene_titles, start=1), (None, "The film")]
    height = _TOP + _ROW * len(rows) + 30
    told = _sentence(view, bars, gaps)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" font-size="12" '
        f'font-family="system-ui, sans-serif" width="{_LEFT + _WIDTH + _RIGHT}" '
        f'height="{height}" viewBox="0 0 {_LEFT + _WIDTH + _RIGHT} {height}">',
        f"<title>{escape(view.title)}: what ran when</title>",
        f"<desc>{escape(told)}</desc>",
        '<defs><pattern id="again" width="5" height="5" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><path d="M0 0V5" stroke="#fff" '
        'stroke-width="3" opacity="0.55"/></pattern>'
        '<pattern id="away" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(-45)"><path d="M0 0V6" '
        f'stroke="{_QUIET}" stroke-width="2" opacity="0.6"/></pattern></defs>',
        f'<rect width="100%" height="100%" fill="{_PAPER}"/>',
        _text(16, 28, view.title[:100], size=16, weight="bold"),
        _text(16, 48, told, colour=_QUIET),
        *_legend(),
        *_axis(length_s, height),
        *(_gap(gap, length_s, height) for gap in gaps),
    ]
    for place, (number, title) in enumerate(rows):
        top = _TOP + _ROW * place
        parts.append(_text(16, top + 19, _label(number, title)))
        parts += [
            _drawn(bar, top, length_s) for bar in bars if bar.unit.scene == number
        ]
        kept = [u for u in view.units if u.scene == number and u.reused]
        parts += [_kept(unit, top) for unit in kept]
    return "\n".join([*parts, "</svg>\n"])


def _bars(units: Iterable[UnitView], zero_s: float) -> Iterable[_Bar]:
    """Units that ran; of one that was tried again, the last try is known."""
    for unit in units:
        if unit.started_at and unit.finished_at and not unit.reused:
            start = max(0.0, unix_seconds(unit.started_at) - zero_s)
            end = max(start, unix_seconds(unit.finished_at) - zero_s)
            yield _Bar(unit, start, end)


def _gaps(outages: Iterable[Outage], zero_s: float, last_s: float) -> Iterable[_Gap]:
    """The outages; one that lasts is drawn up to the end of the last bar."""
    for outage in outages:
        start = unix_seconds(outage.since) - zero_s
        end = unix_seconds(outage.until) - zero_s if outage.until else last_s
        yield _Gap(start, max(start, end))


def _sentence(view: JobView, bars: Sequence[_Bar], gaps: Sequence[_Gap]) -> str:
    """The picture in words."""
    told = f"{len(bars)} of {len(view.units)} units ran"
    if bars:
        told += f", the last until {_clock(max(bar.end_s for bar in bars))}"
    reused = sum(unit.reused for unit in view.units)
    again = sum(bar.unit.attempt > 1 for bar in bars)
    failed = sum(unit.state is UnitState.ERROR for unit in view.units)
    notes = {"known before": reused, "tried again": again, "failed": failed}
    told += "".join(f"; {count} {what}" for what, count in notes.items() if count)
    if gaps:
        away_s = sum(gap.end_s - gap.start_s for gap in gaps)
        told += f"; the worker was away for {_clock(away_s)}"
    where = f"; on {view.worker.gpu}" if view.worker.gpu else ""
    return f"{told}{where}."


def _legend() -> Iterable[str]:
    left = _LEFT
    for kind, colour in _COLOURS.items():
        yield f'<rect x="{left}" y="58" width="14" height="9" rx="2" fill="{colour}"/>'
        yield _text(left + 19, 67, _WORDS.get(kind, kind))
        left += 80
    notes = "striped: tried again, red edge: failed, ◆: known before, grey: worker away"
    yield _text(left, 67, notes)


def _axis(length_s: float, height: int) -> Iterable[str]:
    step = next((step for step in _STEPS if length_s / step <= 10), _STEPS[-1])
    for mark in range(0, int(length_s) + 1, step):
        x = _x(mark, length_s)
        yield (
            f'<path d="M{x:.1f} {_TOP - 4}V{height - 24}" stroke="{_QUIET}" '
            'stroke-width="0.5" opacity="0.5"/>'
        )
        yield _text(x, height - 8, _clock(mark), colour=_QUIET, anchor="middle")


def _gap(gap: _Gap, length_s: float, height: int) -> str:
    left, right = _x(gap.start_s, length_s), _x(gap.end_s, length_s)
    said = f"the worker was away for {_clock(gap.end_s - gap.start_s)}"
    return (
        f"<g><title>{said}</title>"
        f'<rect x="{left:.1f}" y="{_TOP - 4}" width="{max(right - left, 1.5):.1f}" '
        f'height="{height - 20 - _TOP}" fill="url(#away)"/></g>'
    )


def _drawn(bar: _Bar, top: int, length_s: float) -> str:
    unit = bar.unit
    left, right = _x(bar.start_s, length_s), _x(bar.end_s, length_s)
    box = (
        f'x="{left:.1f}" y="{_lane(unit, top)}" width="{max(right - left, 1.5):.1f}" '
        f'height="{_LANE}" rx="2"'
    )
    failed = unit.state is UnitState.ERROR
    edge = ' stroke="#d00000" stroke-width="1.5"' if failed else ""
    took = _clock(bar.end_s - bar.start_s)
    tries = f", try {unit.attempt}" if unit.attempt > 1 else ""
    said = escape(f"{unit.id}: {took}{tries}, {unit.engine or ''}".rstrip(", "))
    colour = _COLOURS.get(unit.kind, _QUIET)
    stripes = f'<rect {box} fill="url(#again)"/>' if unit.attempt > 1 else ""
    return f'<g><title>{said}</title><rect {box} fill="{colour}"{edge}/>{stripes}</g>'


def _kept(unit: UnitView, top: int) -> str:
    x, y = _LEFT, _lane(unit, top)
    half = _LANE / 2
    colour = _COLOURS.get(unit.kind, _QUIET)
    return (
        f"<g><title>{escape(unit.id)}: known before</title>"
        f'<path d="M{x} {y}l{half} {half}l-{half} {half}l-{half} -{half}z" '
        f'fill="{colour}"/></g>'
    )


def _lane(unit: UnitView, top: int) -> int:
    return top + 2 + _LANES.get(unit.kind, 1) * (_LANE + 1)


def _label(number: int | None, title: str) -> str:
    words = " ".join(title.split())
    if len(words) > _TITLE_CHARS:
        words = words[: _TITLE_CHARS - 1].rstrip() + "…"
    return f"{number}  {words}" if number else words


def _x(seconds: float, length_s: float) -> float:
    return _LEFT + _WIDTH * seconds / length_s


def _clock(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds % 1 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02} min"


def _text(
    x: float,
    y: float,
    words: str,
    *,
    size: int = 12,
    weight: str = "normal",
    colour: str = _INK,
    anchor: str = "start",
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" '
        f'fill="{colour}" text-anchor="{anchor}">{escape(words)}</text>'
    )
