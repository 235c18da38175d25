"""What a film becomes when its worker's job has ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shared_protocol.clock import utc_now
from shared_protocol.errors import Code, ErrorBody
from shared_protocol.films import FilmState
from shared_protocol.jobs import JobState, JobView


def is_over(view: JobView, attempt: int, spec_sha256: Callable[[], str]) -> bool:
    """Whether ``view`` tells of an attempt before ``attempt``, and nothing of this one.

    A job that is running or complete counts whatever its attempt, as its units are
    pure, unless the film was changed meanwhile.
    """
    if view.attempt >= attempt:
        return False
    stopped = view.state in (JobState.ERROR, JobState.CANCELED, JobState.CANCELING)
    return stopped or view.spec_sha256 != spec_sha256()


def ending(view: JobView) -> dict[str, Any]:
    """What a film becomes when the worker's job has ended as in ``view``."""
    end = {"finished_at": utc_now(), "message": view.message, "eta_s": None}
    if view.state is JobState.COMPLETE:
        return end | {
            "state": FilmState.COMPLETE,
            "progress": 100,
            "stage": "complete",
            "message": "The film is ready.",
        }
    if view.state is JobState.CANCELED:
        return end | {"state": FilmState.CANCELED, "stage": "canceled"}
    error = view.error or ErrorBody(code=Code.INTERNAL, message=view.message)
    return end | {"state": FilmState.ERROR, "error_json": error.model_dump_json()}
