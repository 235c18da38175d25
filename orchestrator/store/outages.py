"""When a film's worker was away: noted in its row by the very change that says so."""

from __future__ import annotations

import sqlalchemy as sa

from orchestrator.store.tables import films
from shared_protocol.clock import utc_now
from shared_protocol.films import FilmState

#: Of a film that has more, the oldest are forgotten.
MOST = 100


def outages_in(state: FilmState) -> sa.ColumnElement[str]:
    """What ``outages_json`` becomes by a change to ``state``.

    Becoming unreachable begins an outage, any other state ends the one that lasts.
    """
    noted, now = films.c.outages_json, utc_now()
    is_away = films.c.state == FilmState.UNREACHABLE
    if state is not FilmState.UNREACHABLE:
        ended = sa.func.json_set(noted, "$[#-1].until", now)
        return sa.case((is_away, ended), else_=noted)
    all_ = sa.func.coalesce(noted, "[]")
    is_full = sa.func.json_array_length(all_) >= MOST
    kept = sa.case((is_full, sa.func.json_remove(all_, "$[0]")), else_=all_)
    begun = sa.func.json_insert(kept, "$[#]", sa.func.json_object("since", now))
    return sa.case((is_away, noted), else_=begun)
