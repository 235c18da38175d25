"""Waiting until a canceled job rests, where its server ends with this command."""

from __future__ import annotations

import asyncio

from orchestrator.cli.client import Client
from orchestrator.cli.exits import CliError

#: How long a worker may take to hear of a cancel.
PATIENCE_S = 15.0


async def comes_to_rest(client: Client, job_id: str) -> bool:
    """Whether the job ended within ``PATIENCE_S``; its worker then knows of it."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            view = await client.job(job_id)
            while not view.terminal:
                view = await client.news(job_id, view.version) or view
    except (CliError, TimeoutError):
        return False
    return True
