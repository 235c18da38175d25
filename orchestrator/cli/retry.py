"""``moonreel retry``: a job goes on, or one scene's picture is drawn again."""

from __future__ import annotations

import argparse
import asyncio

from pydantic import ValidationError

from orchestrator.cli.events import emit
from orchestrator.cli.exits import Exit, UsageError
from orchestrator.cli.job_ids import add_job_argument, resolve
from orchestrator.cli.servers import LATER, add_server_options, open_client
from shared_protocol.errors import describe_validation
from shared_protocol.scripts import RetryOrder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``retry``."""
    add_job_argument(parser, optional=False)
    add = parser.add_argument
    add("--scene", metavar="N", help="draw this scene's picture again")
    add("--keep", metavar="0-1", help="how much of its picture stays (default: none)")
    add("--seed", metavar="N", help="of the new picture (default: another)")
    add("--json", action="store_true", help="say it as JSON")
    add_server_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Asks for it and says so."""
    order = _order(arguments)
    job_id, passing = asyncio.run(_retry(arguments, order))
    if arguments.json:
        emit({"event": "retry", "job_id": job_id})
        return Exit.OK
    scene = f"scene {order.scene} is drawn again" if order.scene else "goes on"
    print(f"{job_id}: {scene}{LATER if passing else ''}")
    return Exit.OK


async def _retry(arguments: argparse.Namespace, order: RetryOrder) -> tuple[str, bool]:
    """The job, and whether its server ends with this command."""
    async with open_client(arguments) as client:
        job_id = await resolve(client, arguments.job)
        await client.retry(job_id, order)
        return job_id, client.passing


def _order(arguments: argparse.Namespace) -> RetryOrder:
    given = {name: getattr(arguments, name) for name in ("scene", "keep", "seed")}
    told = {name: value for name, value in given.items() if value is not None}
    try:
        return RetryOrder.model_validate(told)
    except ValidationError as error:
        _, sentence = describe_validation(error.errors(include_url=False))
        raise UsageError(sentence) from error
