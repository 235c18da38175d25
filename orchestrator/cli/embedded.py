"""An orchestrator inside this process, for the time of one command."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path

from orchestrator.cli.exits import CliError, HomeBusy
from orchestrator.errors import HomeInUse, OrchestratorError
from orchestrator.serve import serve
from orchestrator.settings import Settings
from shared_protocol.kit.logs import SentenceFormatter

LOG_FILE = "server.log"
MOST_LOG_BYTES = 2 << 20

log = logging.getLogger(__name__)


@asynccontextmanager
async def embedded_server(settings: Settings) -> AsyncIterator[str]:
    """Its URL once it listens; stopped in an orderly way at the end.

    Raises HomeBusy, or CliError with the orchestrator's own sentence, when it cannot
    start.
    """
    handler = await asyncio.to_thread(_open_log, settings.home)
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    stop = asyncio.Event()
    task = asyncio.create_task(
        serve(settings, on_ready=ready.set_result, stop=stop), name="orchestrator"
    )
    try:
        await asyncio.wait((task, ready), return_when=asyncio.FIRST_COMPLETED)
        if not ready.done():
            raise _reason(task, settings.home)
        yield ready.result()
    finally:
        stop.set()
        await asyncio.wait((task,))
        failure = None if task.cancelled() else task.exception()
        if failure is not None and not isinstance(failure, OrchestratorError):
            log.error("The server of this command failed.", exc_info=failure)
        logging.getLogger().removeHandler(handler)
        await asyncio.to_thread(handler.close)


def _reason(task: asyncio.Task[None], home: Path) -> CliError:
    """Why the server ended before it listened."""
    failure = task.exception()
    if isinstance(failure, HomeInUse):
        return HomeBusy(str(failure))
    if isinstance(failure, OrchestratorError):
        return CliError(str(failure))
    return CliError(
        f"the server of this command could not start ({type(failure).__name__}); "
        f"{home / LOG_FILE} has the details"
    )


def _open_log(home: Path) -> logging.Handler:
    """Standard error belongs to the command; the server's words go to its home.

    Raises CliError when the home cannot be written.
    """
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        handler = RotatingFileHandler(
            home / LOG_FILE, maxBytes=MOST_LOG_BYTES, backupCount=1, encoding="utf-8"
        )
    except OSError as error:
        raise CliError(
            f"cannot write into {home}: {error.strerror}",
            hint="Name another folder with --home or MOONREEL_HOME.",
        ) from error
    handler.setFormatter(SentenceFormatter())
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    return handler
