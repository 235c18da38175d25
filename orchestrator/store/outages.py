"""When a film's worker was away: noted in its row by the very change that says so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import TypeAdapter

from shared_protocol.clock import utc_now
from shared_protocol.films import FilmState, Outage

#: Of a film that has more, the oldest are forgotten.
MOST = 100
_OUTAGES = TypeAdapter(tuple[Outage, ...])


def read_outages(noted: str | None) -> tuple[Outage, ...]:
    """Those that are noted, oldest first."""
    return _OUTAGES.validate_json(noted or "[]")


def is_about_outages(before: Iterable[FilmState], values: dict[str, Any]) -> bool:
    """Whether a change from one of these states may begin or end an outage."""
    if "state" not in values:
        return False
    return FilmState.UNREACHABLE in {*before, values["state"]}


def noted_after(noted: str | None, before: FilmState, state: FilmState) -> str | None:
    """What is noted once a film of state ``before`` has another.

    Becoming unreachable begins an outage, any other state ends the one that lasts.
    """
    was_away, is_away = (s is FilmState.UNREACHABLE for s in (before, state))
    if was_away == is_away:
        return noted
    known: Sequence[Outage] = read_outages(noted)
    if is_away:
        known = (*known, Outage(since=utc_now(), until=None))[-MOST:]
    elif known:
        known = (*known[:-1], known[-1].model_copy(update={"until": utc_now()}))
    return _OUTAGES.dump_json(tuple(known)).decode()
