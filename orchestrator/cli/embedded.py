"""An orchestrator inside this process, for the time of one command."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from orchestrator.cli.exits import CliError
from orchestrator.errors import OrchestratorError
from orchestrator.serve import serve
from orchestrator.settings import Settings

log = logging.getLogger(__name__)


@asynccontextmanager
async def embedded_server(settings: Settings) -> AsyncIterator[str]:
    """Its URL once it listens; stopped in an orderly way at the end.

    Raises CliError with the orchestrator's own sentence when it cannot start.
    """
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    stop = asyncio.Event()
    task = asyncio.create_task(
        serve(settings, on_ready=ready.set_result, stop=stop), name="orchestrator"
    )
    try:
        await asyncio.wait((task, ready), return_when=asyncio.FIRST_COMPLETED)
        if not ready.done():
            await task
            raise CliError("the server stopped before it was ready")
        yield ready.result()
    except OrchestratorError as error:
        raise CliError(str(error)) from error
    finally:
        stop.set()
        await asyncio.wait((task,))
        failure = None if task.cancelled() else task.exception()
        log.info("the server of this command has stopped", exc_info=failure)
