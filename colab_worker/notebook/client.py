"""Asks the worker on this machine; nothing of this goes through a tunnel."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

ANSWER_S = 10.0


class NoAnswer(Exception):
    """The worker does not answer."""


class LocalClient:
    """The worker's own address, with its token."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"}
        # A proxy of the runtime is for the outside.
        no_proxy = urllib.request.ProxyHandler({})
        self._opener = urllib.request.build_opener(no_proxy)

    def get(self, path: str) -> dict[str, Any]:
        """The JSON at ``path``; raises NoAnswer."""
        request = urllib.request.Request(  # noqa: S310 - our own worker
            self._url + path, headers=self._headers
        )
        try:
            with self._opener.open(request, timeout=ANSWER_S) as reply:
                content: dict[str, Any] = json.load(reply)
        except (OSError, ValueError) as error:
            raise NoAnswer(str(error)) from error
        return content
