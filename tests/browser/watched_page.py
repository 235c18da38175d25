"""A tab that remembers what went wrong and which hosts it spoke to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request

#: The same machine by a name that browsers do not call secure; Chromium is told so.
PLAIN_NAME = "moonreel.example"
OURS = {"127.0.0.1", "localhost", PLAIN_NAME}


@dataclass
class Watched:
    """A tab and its history."""

    page: Page
    errors: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        """Keeps errors and warnings of the console."""
        if message.type in ("error", "warning"):
            self.errors.append(message.text)

    def foreign(self) -> list[str]:
        """Requests to hosts that are neither the server nor the worker."""
        urls = [urlsplit(request.url) for request in self.requests]
        return [
            url.geturl()
            for url in urls
            if url.scheme in ("http", "https") and url.hostname not in OURS
        ]


@contextmanager
def watched(page: Page, *, strict: bool = True) -> Iterator[Watched]:
    """The tab; at the end nothing may have failed, and nobody else been asked."""
    watch = Watched(page)
    page.on("console", watch.hear)
    page.on("pageerror", lambda error: watch.errors.append(str(error)))
    page.on("request", lambda request: watch.requests.append(request))
    try:
        yield watch
        assert watch.foreign() == []
        if strict:
            assert watch.errors == []
    finally:
        # What the page asks as it is closed would fail in the hands of the next test.
        page.unroute_all(behavior="ignoreErrors")
