"""Which job a person means: its id, the beginning or end of it, or ``latest``."""

from __future__ import annotations

import argparse

from orchestrator.cli.client import Client
from orchestrator.cli.exits import CliError, UsageError

LATEST = "latest"
FULL_LENGTH = 36
SHORTEST = 4


def add_job_argument(parser: argparse.ArgumentParser, *, optional: bool) -> None:
    """``ID``; optional: the newest job."""
    parser.add_argument(
        "job",
        metavar="ID",
        nargs="?" if optional else None,
        default=LATEST,
        help="id of the job, its first or last characters, or 'latest'",
    )


async def resolve(client: Client, text: str) -> str:
    """The full id; CliError when there is no such job, UsageError when several fit."""
    if len(text) >= FULL_LENGTH:
        return text
    ids = [job.job_id for job in (await client.jobs()).jobs]
    if text == LATEST:
        if not ids:
            raise CliError("there are no jobs yet", code="not_found")
        return ids[0]
    if len(text) < SHORTEST:
        raise UsageError(f"{text!r} is too short for a job; give {SHORTEST} characters")
    fitting = [i for i in ids if i == text or i.startswith(text) or i.endswith(text)]
    if not fitting:
        raise CliError(
            f"there is no job {text!r}",
            code="not_found",
            hint="`moonreel jobs` lists them.",
        )
    if len(fitting) > 1:
        raise UsageError(f"{text!r} fits {len(fitting)} jobs; give more characters")
    return fitting[0]
