"""``moonreel link``: a file straight from its worker, for a player or another device."""

from __future__ import annotations

import argparse
import asyncio
import ipaddress
import sys
from datetime import datetime
from urllib.parse import urlsplit

from orchestrator.cli.events import emit
from orchestrator.cli.exits import CliError, Exit
from orchestrator.cli.job_ids import add_job_argument, resolve
from orchestrator.cli.servers import add_server_options, open_client
from shared_protocol.errors import Code
from shared_protocol.films import FileLink


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``link``."""
    add_job_argument(parser, optional=True)
    parser.add_argument(
        "--name",
        metavar="NAME",
        default="film.mp4",
        help="a file of the job (default: film.mp4); `moonreel status` lists them",
    )
    parser.add_argument("--json", action="store_true", help="the reply as JSON")
    add_server_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Prints the link by itself, and beside it, for people, how far it reaches."""
    link = asyncio.run(_ask(arguments))
    if arguments.json:
        emit({"event": "link"} | link.model_dump(mode="json"))
        return Exit.OK
    print(link.url, flush=True)
    print(_about(link), file=sys.stderr)
    return Exit.OK


async def _ask(arguments: argparse.Namespace) -> FileLink:
    async with open_client(arguments) as client:
        job_id = await resolve(client, arguments.job)
        try:
            return await client.link(job_id, arguments.name)
        except CliError as error:
            if error.code == Code.WORKER_UNREACHABLE:
                error.hint = (
                    f"`moonreel fetch {job_id}` brings what is on this machine."
                )
            raise


def _about(link: FileLink) -> str:
    ends = datetime.fromisoformat(link.expires_at).astimezone()
    said = [
        f"{link.name}, {link.bytes / 1e6:.1f} MB, for anybody who has the link, until "
        f"{ends:%d %b %H:%M}."
    ]
    if link.metered:
        said.append(
            "Each time it is opened counts against the tunnel's month; a browser sees "
            "the tunnel's warning page first."
        )
    if _is_here(link.url):
        said.append("It leads to this machine, so other devices cannot open it.")
    return " ".join(said)


def _is_here(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
