"""Why a model did not come onto the shelf, as one sentence with what to do."""

from __future__ import annotations

import errno
from urllib.parse import urlsplit

from colab_worker.lost_downloads import why_lost

_FULL = (errno.ENOSPC, errno.EDQUOT)


class NotPulled(Exception):
    """The model is not here; the sentence says why and what to do."""


def broken_off(url: str, error: Exception) -> NotPulled:
    """Of a download; what came of it stays."""
    if is_full(error):
        return NotPulled(
            "the disk is full; free some space, or name another disk with "
            "MOONREEL_MODELS; the same command goes on"
        )
    return NotPulled(
        f"the download from {urlsplit(url).hostname} broke off ({why_lost(error)}); run "
        "it again, and it goes on"
    )


def is_full(error: Exception) -> bool:
    """Whether the disk, or one's share of it, has no room left."""
    return isinstance(error, OSError) and error.errno in _FULL
