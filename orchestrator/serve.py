"""Runs the orchestrator: takes the home folder, listens, and tells where."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import socket
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from aiohttp import web

from orchestrator.app import make_app
from orchestrator.errors import HomeInUse, PortInUse, SettingsError
from orchestrator.settings import LOOPBACK, Settings
from shared_protocol.kit.folder_lock import FolderInUse, lock_folder

#: Replies that are held get this long to end when the server stops.
SHUTDOWN_S = 0.5
SERVE_FILE = "serve.json"


async def serve(
    settings: Settings,
    *,
    on_ready: Callable[[str], None] | None,
    stop: asyncio.Event,
) -> None:
    """Serves until ``stop`` is set; ``on_ready`` is called with the URL once it answers.

    Raises SettingsError, HomeInUse or PortInUse, each with a sentence for people.
    """
    if settings.host not in LOOPBACK and settings.password is None:
        raise SettingsError(
            f"Listening on {settings.host} lets others in; set MOONREEL_PASSWORD to "
            "what they must know, or listen on 127.0.0.1."
        )
    with ExitStack() as held:
        await asyncio.to_thread(_take_home, settings.home, held)
        listener = held.enter_context(_listen(settings))
        port = listener.getsockname()[1]
        await _serve_on(listener, replace(settings, port=port), on_ready, stop)


async def _serve_on(
    listener: socket.socket,
    settings: Settings,
    on_ready: Callable[[str], None] | None,
    stop: asyncio.Event,
) -> None:
    app = await asyncio.to_thread(make_app, settings)
    runner = web.AppRunner(
        app,
        handle_signals=False,
        access_log=None,
        shutdown_timeout=SHUTDOWN_S,
        handler_cancellation=True,
    )
    serve_file = settings.home / SERVE_FILE
    url = _url(settings)
    try:
        await runner.setup()
        await web.SockSite(runner, listener).start()
        await asyncio.to_thread(_announce, serve_file, url)
        if on_ready is not None:
            on_ready(url)
        await stop.wait()
    finally:
        await asyncio.to_thread(serve_file.unlink, missing_ok=True)
        await runner.cleanup()


def _take_home(home: Path, held: ExitStack) -> None:
    """Makes the home folder ours alone until ``held`` is closed."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        held.enter_context(lock_folder(home))
    except FolderInUse as error:
        raise HomeInUse(
            f"Another Moonreel ({error}) already uses {home}; stop it, or set "
            "MOONREEL_HOME to another folder."
        ) from error


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # elsewhere it would let two servers share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((settings.host, settings.port))
        listener.listen(128)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        raise _cannot_listen(settings, error) from error
    return listener


def _cannot_listen(settings: Settings, error: OSError) -> PortInUse:
    where = f"{settings.host}:{settings.port}"
    if error.errno == errno.EADDRINUSE:
        return PortInUse(
            f"Something else already listens on {where}; stop it, or choose another "
            "port with --port."
        )
    return PortInUse(
        f"Moonreel cannot listen on {where} ({error.strerror}); choose another host "
        "or port."
    )


def _url(settings: Settings) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104
    if ":" in host and not host.startswith("["):
        host = f"[{host}]"
    return f"http://{host}:{settings.port}"


def _announce(file: Path, url: str) -> None:
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=".serve-")
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump({"url": url, "pid": os.getpid()}, stream)
    Path(name).replace(file)
