"""Rows of films, as the orchestrator keeps them."""

from __future__ import annotations

from dataclasses import replace

from orchestrator.store.films import Film
from shared_protocol.clock import new_id
from shared_protocol.films import FilmState


def film(**values: object) -> Film:
    """A film that was just ordered."""
    made = Film(
        job_id=new_id(),
        title="A film",
        state=FilmState.STARTING,
        version=1,
        progress=0,
        message="",
        stage="script",
        attempt=1,
        created_at="2026-11-21T00:00:00.000Z",
        request_json="{}",
        script_json="{}",
        spec_json="{}",
        warnings_json="[]",
    )
    return replace(made, **values)  # type: ignore[arg-type]
