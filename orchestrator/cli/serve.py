"""``moonreel serve``: the server and its page, until Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import threading
import webbrowser
from pathlib import Path
from types import FrameType

from orchestrator.cli.exits import CliError, Exit
from orchestrator.cli.interrupts import leave_at_once
from orchestrator.cli.servers import settings_for
from orchestrator.errors import OrchestratorError
from orchestrator.serve import serve
from orchestrator.settings import Settings
from shared_protocol.kit.logs import set_up_logs
from shared_protocol.kit.numbers import port


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``serve``."""
    add = parser.add_argument
    add("--host", help="address to listen on (default: 127.0.0.1)")
    add("--port", type=port, help="port; 0 picks a free one (default: 5000)")
    add("--home", type=Path, metavar="DIR", help="folder of jobs and films")
    add(
        "--worker",
        choices=("auto", "local", "remote"),
        help="auto: a connected worker, else this machine (default)",
    )
    add("--open", action="store_true", help="open the page in a browser")


def run(arguments: argparse.Namespace) -> int:
    """Serves until a signal comes."""
    set_up_logs()
    settings = settings_for(arguments, port=arguments.port, worker=arguments.worker)
    try:
        asyncio.run(_serve(settings, open_page=arguments.open))
    except OrchestratorError as error:
        raise CliError(str(error)) from error
    return Exit.OK


async def _serve(settings: Settings, *, open_page: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def on_signal(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            leave_at_once()
        loop.call_soon_threadsafe(stop.set)

    def on_ready(url: str) -> None:
        print(f"Moonreel is at {url} (Ctrl-C stops it)", flush=True)
        if open_page:
            threading.Thread(target=_open_page, args=(url,), daemon=True).start()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    await serve(settings, on_ready=on_ready, stop=stop)


def _open_page(url: str) -> None:
    if not webbrowser.open(url):
        print(f"no browser could be opened; go to {url}", file=sys.stderr)
