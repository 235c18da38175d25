"""``moonreel jobs``: the jobs, newest first."""

from __future__ import annotations

import argparse
import asyncio

from orchestrator.cli import figures
from orchestrator.cli.events import emit
from orchestrator.cli.exits import Exit
from orchestrator.cli.servers import add_server_options, open_client
from orchestrator.cli.tables import print_table
from shared_protocol.films import FilmList

HEAD = ("JOB", "STATE", "DONE", "CREATED", "TITLE")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``jobs``."""
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    add_server_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Prints the list."""
    films = asyncio.run(_jobs(arguments))
    if arguments.json:
        for job in films.jobs:
            emit({"event": "job"} | job.model_dump(mode="json"))
    else:
        rows = [
            (
                job.job_id,
                job.state.value,
                f"{job.progress}%",
                figures.local_time(job.created_at),
                job.title,
            )
            for job in films.jobs
        ]
        print_table(HEAD, rows)
    return Exit.OK


async def _jobs(arguments: argparse.Namespace) -> FilmList:
    async with open_client(arguments) as client:
        return await client.jobs()
