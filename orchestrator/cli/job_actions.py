"""``moonreel cancel``, ``allow`` and ``delete``: one question about one job."""

from __future__ import annotations

import argparse
import asyncio

from orchestrator.cli.events import emit
from orchestrator.cli.exits import Exit
from orchestrator.cli.job_ids import add_job_argument, resolve
from orchestrator.cli.rest import comes_to_rest
from orchestrator.cli.servers import LATER, add_server_options, open_client

SAID = {
    "cancel": "asked to stop; what is finished stays",
    "allow": "is fetched although the tunnel has too little left",
    "delete": "forgotten",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of all of them."""
    add_job_argument(parser, optional=False)
    parser.add_argument("--json", action="store_true", help="say it as JSON")
    add_server_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Does it and says so."""
    job_id, said = asyncio.run(_act(arguments))
    if arguments.json:
        emit({"event": arguments.command, "job_id": job_id})
    else:
        print(f"{job_id}: {said}")
    return Exit.OK


async def _act(arguments: argparse.Namespace) -> tuple[str, str]:
    """The job, and what was done."""
    async with open_client(arguments) as client:
        job_id = await resolve(client, arguments.job)
        said = SAID[arguments.command]
        if arguments.command == "cancel":
            await client.cancel(job_id)
            if client.passing and not await comes_to_rest(client, job_id):
                said = (
                    "its worker does not answer; it hears of it from `moonreel serve`"
                )
        elif arguments.command == "allow":
            await client.allow(job_id)
            said += LATER if client.passing else ""
        else:
            await client.delete(job_id)
        return job_id, said
