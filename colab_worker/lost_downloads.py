"""Why a download did not come, in words of people rather than of libraries."""

from __future__ import annotations

from urllib.error import HTTPError, URLError


def why_lost(error: Exception) -> str:
    """The reason in one line; of a connection that failed without its numbers."""
    cause: BaseException | str = error
    if isinstance(error, URLError) and not isinstance(error, HTTPError):
        cause = error.reason
    said = cause.strerror if isinstance(cause, OSError) else None
    return (said or str(cause) or type(cause).__name__).splitlines()[0][:300]
