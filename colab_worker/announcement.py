"""Where a worker says that it listens: standard error for people, a file for programs."""

from __future__ import annotations

import json
import logging
import os
import socket
import sys
from urllib.parse import urlsplit

from colab_worker.settings import LOOPBACK, Settings
from shared_protocol.workers import TunnelState, TunnelView

log = logging.getLogger("colab_worker")

#: An address for documents (RFC 5737): the way there shows our own, nothing is sent.
_SOMEWHERE = ("192.0.2.1", 9)


class Announcement:
    """Tells the address once, and that of each tunnel whenever it changes.

    The token is only shown when it was made just now: who gave it knows it.
    """

    def __init__(
        self, settings: Settings, url: str, boot_id: str, *, show_token: bool
    ) -> None:
        self._settings = settings
        self._url = url
        self._facts = {"url": url, "pid": os.getpid(), "boot_id": boot_id}
        self._tunnels: dict[str, TunnelView] = {}
        self._shown: set[str] = set()
        self._show_token = show_token

    def listening(self) -> None:
        """The worker answers at its own address."""
        boot_id = self._facts["boot_id"]
        log.info("listening on %s", self._url, extra={"boot_id": boot_id})
        if self._show_token:
            sys.stderr.write(f"token: {self._settings.token}\n")
        elif self._settings.token_file is not None:
            sys.stderr.write(f"token: kept in {self._settings.token_file}\n")
        if self._show_token and not self._settings.tunnels.kinds:
            where, address = _from_elsewhere(self._url)
            sys.stderr.write(f"connect, {where}: {self._line(address)}\n")
        self._write()

    def tunnel(self, view: TunnelView) -> None:
        """A tunnel has changed."""
        self._tunnels[view.name] = view
        if view.state is TunnelState.UP and view.url and view.url not in self._shown:
            self._shown.add(view.url)
            sys.stderr.write(f"connect: {self._line(view.url)}\n")
        self._write()

    def _line(self, url: str) -> str:
        """What is pasted on the other side: the address, and the token if it is new."""
        return f"{url}/#token={self._settings.token}" if self._show_token else url

    def _write(self) -> None:
        """A small file on the local disk: whole or not at all."""
        path = self._settings.ready_file
        if path is None:
            return
        views = [view.model_dump(mode="json") for view in self._tunnels.values()]
        facts = self._facts | (
            {"tunnels": views} if self._settings.tunnels.kinds else {}
        )
        part = path.with_name(path.name + ".part")
        part.write_text(json.dumps(facts), encoding="utf-8")
        part.replace(path)


def _from_elsewhere(url: str) -> tuple[str, str]:
    """Who reaches the worker without a tunnel, and by which address."""
    parts = urlsplit(url)
    if parts.hostname in LOOPBACK:
        return "from this machine", url
    if parts.hostname in ("0.0.0.0", "::"):  # noqa: S104 - compared with, not bound to
        return "from your own network", f"http://{_own_address()}:{parts.port}"
    return "from your own network", url


def _own_address() -> str:
    """This machine's address in its network; loopback when it is in none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_SOMEWHERE)
        except OSError:
            return LOOPBACK[0]
        return str(probe.getsockname()[0])
