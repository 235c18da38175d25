"""What each route asks of a token; a route that is not named here wants all of it."""

from __future__ import annotations

from shared_protocol import routes
from shared_protocol.tokens import Scope

#: Answered to anybody: they tell nothing, or want a proof of their own.
OPEN = frozenset({("GET", routes.HEALTH), ("POST", routes.PAIR)})

READ = frozenset(
    {
        ("GET", routes.STATUS),
        ("GET", routes.STATUS_ALIAS),
        ("GET", routes.JOBS),
        ("POST", routes.JOBS_WAIT),
        ("GET", routes.JOB_ARTIFACTS),
        ("GET", routes.JOB_LIVE),
        ("GET", routes.CAPABILITIES),
        ("GET", routes.ROOT),
    }
)

#: Files; a signed link is enough for these.
DOWNLOAD = frozenset(
    {
        ("GET", routes.DOWNLOAD),
        ("GET", routes.DOWNLOAD_NAMED),
        ("GET", routes.ARTIFACT),
        ("POST", routes.ARTIFACTS_BUNDLE),
        ("GET", routes.BLOB),
    }
)

SUBMIT = frozenset(
    {
        ("PUT", routes.JOB),
        ("DELETE", routes.JOB),
        ("POST", routes.GENERATE_FILM),
        ("POST", routes.SPEAK),
        ("POST", routes.SUBMIT_ALIAS),
        ("POST", routes.JOB_CANCEL),
        ("PUT", routes.BLOB),
        ("POST", routes.BLOBS_MISSING),
    }
)


def scope_of(method: str, path: str) -> Scope | None:
    """The scope that ``method`` on a path template needs; None where all may ask."""
    route = ("GET" if method == "HEAD" else method, path)
    if route in OPEN:
        return None
    if route in READ:
        return Scope.READ
    return Scope.DOWNLOAD if route in DOWNLOAD else Scope.SUBMIT
