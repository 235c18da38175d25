"""A Cloudflare quick tunnel, inside the host: no account, a new name at every start."""

from __future__ import annotations

import http.client
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

from colab_worker.lost_downloads import why_lost
from colab_worker.tunnels.reasons import TunnelGone
from colab_worker.tunnels.wire import Order

if TYPE_CHECKING:
    from collections.abc import Callable

    from colab_worker.tunnels.host import Tell

#: Pinned: new releases have broken quick tunnels before.
VERSION = "2026.9.1"
RELEASES = "https://github.com/cloudflare/cloudflared/releases/download"
DOWNLOAD_S = 60.0
#: From the start until the edge has accepted the tunnel.
OPEN_S = 40.0
#: Without a connection to the edge for this long, a new tunnel is better than waiting.
AWAY_S = 300.0
READY_S = 3.0

_URL = re.compile(r"https://(?!api\.)[a-z0-9-]+\.trycloudflare\.com")
_METRICS = re.compile(r"metrics server on ([\d.]+):(\d+)")
_ERROR = re.compile(r" (?:ERR|FTL) (.+)|failed to .+")


def agent(order: Order, tell: Tell) -> QuickTunnel:
    """The agent of an order."""
    return QuickTunnel(order, tell)


class QuickTunnel:
    """One ``cloudflared`` process."""

    def __init__(self, order: Order, tell: Tell) -> None:
        self._order = order
        self._tell = tell
        self._url = ""
        self._metrics: tuple[str, int] | None = None
        self._errors: deque[str] = deque(maxlen=3)
        self._process: subprocess.Popen[str] | None = None
        self._ready_at = 0.0

    def open(self) -> str:
        """Starts the agent; returns once the edge knows it and its name resolves."""
        self._start(self._binary())
        self._await(lambda: bool(self._url), "asking for a name")
        self._await(self._is_ready, "connecting to Cloudflare")
        self._ready_at = time.monotonic()
        self._await_name()
        return self._url

    def trouble(self) -> str | None:
        """Reads the agent's own account of its connections, on this machine."""
        self._require_running()
        if self._is_ready():
            self._ready_at = time.monotonic()
            return None
        self._require_running()
        if time.monotonic() - self._ready_at > AWAY_S:
            raise TunnelGone("cloudflared has lost Cloudflare's edge")
        return "cloudflared is reconnecting to Cloudflare's edge"

    def _start(self, binary: str) -> None:
        command = [binary, "tunnel", "--url", self._order.upstream, "--no-autoupdate"]
        command += ["--metrics", "127.0.0.1:0", "--protocol", "http2"]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own words
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE, text=True, errors="replace",
                # a config.yml of the user would turn quick tunnels off
                env={**os.environ, "HOME": str(self._order.folder)},
            )  # fmt: skip
        except OSError as error:
            raise TunnelGone(
                f"cloudflared does not start: {error}", final=True
            ) from error
        threading.Thread(target=self._drain, args=(self._process,), daemon=True).start()

    def _drain(self, process: subprocess.Popen[str]) -> None:
        """Reads to the end: an agent whose pipe is full stands still."""
        assert process.stderr is not None  # noqa: S101 - it was asked for
        for line in process.stderr:
            if not self._url and (url := _URL.search(line)):
                self._url = url[0]
            if metrics := _METRICS.search(line):
                self._metrics = metrics[1], int(metrics[2])
            if error := _ERROR.search(line):
                self._errors.append((error[1] or error[0]).strip()[:300])

    def _await(self, done: Callable[[], bool], doing: str) -> None:
        self._tell(f"cloudflared: {doing}")
        deadline = time.monotonic() + OPEN_S
        while not done():
            self._require_running()
            if time.monotonic() > deadline:
                raise TunnelGone(
                    f"cloudflared did not get on with {doing}{self._why()}"
                )
            time.sleep(0.1)

    def _require_running(self) -> None:
        status = self._process.poll() if self._process else None
        if status is None:
            return
        time.sleep(0.1)  # its last words are still being read
        busy = any("429" in error for error in self._errors)
        hint = "; Cloudflare gives no more names just now, use ngrok or wait" * busy
        raise TunnelGone(f"cloudflared has ended with {status}{self._why()}{hint}")

    def _why(self) -> str:
        return f": {self._errors[-1]}" if self._errors else ""

    def _is_ready(self) -> bool:
        if self._metrics is None:
            return False
        connection = http.client.HTTPConnection(*self._metrics, timeout=READY_S)
        try:
            connection.request("GET", "/ready")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _await_name(self) -> None:
        """Waits until the new name resolves here, but not for ever: elsewhere it may."""
        self._tell("cloudflared: waiting for the new name to be known")
        time.sleep(self._order.settle_s)
        host = self._url.removeprefix("https://")
        deadline = time.monotonic() + self._order.resolve_s
        while not _resolves(host) and time.monotonic() < deadline:
            self._tell("cloudflared: the new name is not known yet")
            time.sleep(min(5.0, self._order.resolve_s))

    def _binary(self) -> str:
        named = self._order.binary or shutil.which("cloudflared")
        return str(named) if named else str(self._fetch())

    def _fetch(self) -> Path:
        path = self._order.folder / f"cloudflared-{VERSION}"
        if path.exists():
            return path
        self._tell(f"downloading cloudflared {VERSION}", DOWNLOAD_S * 5)
        part = path.with_suffix(".part")
        try:
            _download(f"{RELEASES}/{VERSION}/{_asset()}", part)
        except OSError as error:
            raise TunnelGone(
                f"cloudflared could not be downloaded ({why_lost(error)}); try again, or name one "
                "with --cloudflared"
            ) from error
        part.chmod(0o700)
        return part.replace(path)


def _resolves(host: str) -> bool:
    try:
        socket.getaddrinfo(host, 443)
    except OSError:
        return False
    return True


def _asset() -> str:
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine())
    if sys.platform != "linux" or machine is None:
        raise TunnelGone(
            "cloudflared is not on this machine; install it from "
            "https://developers.cloudflare.com/cloudflare-one/networks/connectors/"
            "cloudflare-tunnel/downloads/",
            final=True,
        )
    return f"cloudflared-linux-{machine}"


def _download(url: str, path: Path) -> None:
    with (
        urllib.request.urlopen(url, timeout=DOWNLOAD_S) as reply,  # noqa: S310 - https, ours
        path.open("wb") as file,
    ):
        shutil.copyfileobj(reply, file)
