"""Which orchestrator a command talks to: a given one, the running one, or its own."""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from orchestrator.cli.client import Client
from orchestrator.cli.exits import CliError, HomeBusy, UsageError
from orchestrator.errors import SettingsError
from orchestrator.settings import Settings
from shared_protocol.errors import Code

#: How long another process may take to listen, or to leave the home folder.
HOME_PATIENCE_S = 15.0
HOME_RETRY_S = 0.3
#: Of what was only noted, as the server that would do it ends with the command.
LATER = ", once a server runs: `moonreel serve` starts one"


@dataclass(frozen=True)
class Server:
    """An orchestrator that answers."""

    url: str
    #: It lives in this process and ends with it.
    embedded: bool = False
    #: Named by the person; otherwise found, and another may take its place.
    named: bool = False


def add_server_options(parser: argparse.ArgumentParser) -> None:
    """``--server`` and ``--home``."""
    group = parser.add_argument_group("where")
    group.add_argument(
        "--server",
        metavar="URL",
        help="a running server (default: the one on this home folder)",
    )
    group.add_argument(
        "--home",
        type=Path,
        metavar="DIR",
        help="folder of jobs and films (default: $MOONREEL_HOME, else per user)",
    )


def settings_for(
    arguments: argparse.Namespace, *, port: int | None = None, worker: str | None = None
) -> Settings:
    """Settings from the environment and the command line."""
    try:
        return Settings.from_environment(
            home=arguments.home,
            host="127.0.0.1" if port == 0 else getattr(arguments, "host", None),
            port=port,
            worker=worker,
        )
    except SettingsError as error:
        raise UsageError(str(error)) from error


@asynccontextmanager
async def open_server(
    arguments: argparse.Namespace, *, worker: str | None = None
) -> AsyncIterator[Server]:
    """The server to use; one inside this process when none is running.

    ``worker`` is for the latter: which worker it uses, None as its settings say.
    """
    patient_until = time.monotonic() + HOME_PATIENCE_S
    async with AsyncExitStack() as stack:
        server = await find_server(arguments)
        while server is None:
            try:
                server = await _embed(stack, arguments, worker)
            except HomeBusy:
                if time.monotonic() > patient_until:
                    raise
                await asyncio.sleep(HOME_RETRY_S)
                server = await find_server(arguments)
        yield server


async def _embed(
    stack: AsyncExitStack, arguments: argparse.Namespace, worker: str | None
) -> Server:
    # Late: a server takes half a second to import, and most commands find one.
    from orchestrator.cli.embedded import embedded_server

    settings = settings_for(arguments, port=0, worker=worker)
    url = await stack.enter_async_context(embedded_server(settings))
    return Server(url, embedded=True)


@asynccontextmanager
async def open_client(arguments: argparse.Namespace) -> AsyncIterator[Client]:
    """A client for short questions: a server of our own starts no worker for them."""
    async with (
        open_server(arguments, worker="remote") as server,
        Client(server.url, passing=server.embedded) as client,
    ):
        yield client


async def find_server(arguments: argparse.Namespace) -> Server | None:
    """The server named or running on the home folder; None when there is none.

    Raises Unreachable when a named one does not answer, Refused when one wants its
    password.
    """
    if arguments.server:
        url = checked_url(arguments.server)
        async with Client(url) as client:
            await client.health()
        return Server(url, named=True)
    running = served_url(settings_for(arguments).home)
    if running is None:
        return None
    try:
        async with Client(running) as client:
            await client.health()
    except CliError as error:
        if error.code == Code.UNAUTHORIZED:
            raise
        return None
    return Server(running)


def checked_url(text: str) -> str:
    """``--server`` as a URL; a host without a scheme is http."""
    url = text if "://" in text else f"http://{text}"
    if not url.startswith(("http://", "https://")):
        raise UsageError(f"--server {text!r} is no http:// or https:// address")
    return url.rstrip("/")


def served_url(home: Path) -> str | None:
    """The URL that a running server left in its home; None without a readable one."""
    try:
        served = json.loads((home / "serve.json").read_text(encoding="utf-8"))
        return str(served["url"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
