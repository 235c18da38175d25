"""Downloads that fail say why in a few words, never with a library's brackets."""

from __future__ import annotations

import email.message
import errno
import os
import socket
from urllib.error import HTTPError, URLError

import pytest

from colab_worker.lost_downloads import why_lost

NO_NAME = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/models/x")
ABSENT = HTTPError("https://x", 404, "Not Found", email.message.Message(), None)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (URLError(NO_NAME), "Name or service not known"),
        (NO_NAME, "Name or service not known"),
        (FULL, "No space left on device"),
        (ABSENT, "HTTP Error 404: Not Found"),
        (URLError("unknown url type"), "unknown url type"),
        (TimeoutError(), "TimeoutError"),
        (ValueError("one\ntwo"), "one"),
    ],
)
def test_the_reason_is_said_in_words(error: Exception, words: str) -> None:
    """One line, whatever was raised."""
    assert why_lost(error) == words
