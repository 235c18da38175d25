"""``moonreel connect``: which worker to use, from any pasted text with its URL."""

from __future__ import annotations

import argparse
import asyncio

from orchestrator.cli.events import emit
from orchestrator.cli.exits import Exit, Unreachable, UsageError
from orchestrator.cli.servers import add_server_options, open_client
from shared_protocol.studio import SetWorkerUrl, WorkerConnection


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``connect``."""
    parser.add_argument("text", nargs="*", metavar="TEXT", help="URL, or text with it")
    parser.add_argument("--token", help="the worker's token, if the text has none")
    parser.add_argument(
        "--forget", action="store_true", help="use no remote worker any more"
    )
    parser.add_argument("--json", action="store_true", help="the reply as JSON")
    add_server_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Saves the address and says whether the worker answers; or forgets the worker."""
    text = " ".join(arguments.text).strip()
    if arguments.forget:
        return _forget(arguments, text)
    if not text:
        raise UsageError("there is no text; paste the address that the notebook shows")
    connection = asyncio.run(_connect(arguments, text))
    if arguments.json:
        emit({"event": "connection"} | connection.model_dump(mode="json"))
        return Exit.OK if connection.connected else Exit.UNREACHABLE
    for warning in connection.warnings:
        print(f"warning: {warning}")
    if not connection.connected:
        raise Unreachable(
            f"{connection.clean_url}: {connection.message}",
            hint="Jobs go on as soon as it does.",
        )
    print(f"{connection.clean_url}: {connection.message}")
    return Exit.OK


def _forget(arguments: argparse.Namespace, text: str) -> int:
    if text or arguments.token:
        raise UsageError(
            "--forget takes no address and no token; leave one of both out"
        )
    asyncio.run(_disconnect(arguments))
    if arguments.json:
        emit({"event": "disconnected"})
    else:
        print("no remote worker is used any more")
    return Exit.OK


async def _disconnect(arguments: argparse.Namespace) -> None:
    async with open_client(arguments) as client:
        await client.disconnect()


async def _connect(arguments: argparse.Namespace, text: str) -> WorkerConnection:
    target = SetWorkerUrl(url=text, token=arguments.token)
    async with open_client(arguments) as client:
        return await client.connect(target)
