"""``python -m colab_worker``: read settings, take the data folder, serve until stopped."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import BinaryIO

from aiohttp import web

from colab_worker import keys
from colab_worker.announcement import Announcement
from colab_worker.app import make_app
from colab_worker.device import Identity, gpu_bytes, identify
from colab_worker.engines.entry import EngineEntry
from colab_worker.engines.hosted.services import service_entries, take_keys
from colab_worker.engines.registry import PlanRefused, Registry
from colab_worker.models.shelf import Shelf, models_folder
from colab_worker.settings import Settings, parse_settings
from colab_worker.tunnels.options import NGROK_VARIABLE
from shared_protocol.kit.folder_lock import FolderInUse, lock_folder
from shared_protocol.kit.logs import set_up_logs
from shared_protocol.kit.redaction import keep_secret
from shared_protocol.tokens import SHORTEST_TOKEN

log = logging.getLogger("colab_worker")

KEEPALIVE_S = 75.0
LOCK_S = 5.0
#: For requests when the worker stops; those that are held wait for it twice.
HANDLERS_S = 0.5


def main(arguments: list[str] | None = None) -> int:
    """Runs a worker; the exit status."""
    settings, made_token = parse_settings(arguments)
    os.environ.pop(NGROK_VARIABLE, None)  # engines and agents have no use for it
    service_keys = take_keys(os.environ)  # only those who ask services have
    for key in service_keys.values():
        keep_secret(key)
    set_up_logs()
    if len(settings.token) < SHORTEST_TOKEN:
        return _sorry(f"The token is too short to keep strangers out: give at least "
                      f"{SHORTEST_TOKEN} characters, or none, and one is made.")  # fmt: skip
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        with lock_folder(settings.data_dir, wait_s=LOCK_S):
            asyncio.run(
                serve(
                    settings,
                    show_token=made_token,
                    service_keys=service_keys if settings.hosted else None,
                )
            )
    except FolderInUse as error:
        return _sorry(f"Another worker uses {settings.data_dir} ({error}); stop it, or "
                      "choose another --data-dir.")  # fmt: skip
    except PlanRefused as refused:
        return _sorry(refused.sentence)
    except OSError as error:
        return _sorry(_reason(error, settings))
    except KeyboardInterrupt:
        return 130
    return 0


async def serve(
    settings: Settings,
    *,
    show_token: bool,
    service_keys: Mapping[str, str] | None = None,
) -> None:
    """Serves until a signal, or the end of standard input if so set.

    Services are asked with ``service_keys``; None: not from here.
    """
    identity = await asyncio.to_thread(identify, settings.data_dir)
    services = service_entries(service_keys, settings.receipts, os.environ)
    registry = await asyncio.to_thread(_registry, settings, identity, services)
    app = make_app(settings, identity, registry, service_keys)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if settings.stop_on_eof:
        _stop_on_eof(loop, stop, sys.stdin.buffer)
    async with _listening(app, settings) as url:
        told = Announcement(settings, url, identity.boot_id, show_token=show_token)
        told.listening()
        async with app[keys.TUNNELS].open_to(_near(url), told.tunnel):
            await stop.wait()
            log.info("stopping; unfinished jobs go on at the next start")
    if settings.ready_file is not None:
        settings.ready_file.unlink(missing_ok=True)


def _registry(
    settings: Settings, identity: Identity, services: tuple[EngineEntry, ...]
) -> Registry:
    has_gpu = identity.gpu is not None
    room = gpu_bytes() if has_gpu else None
    shelf = Shelf(models_folder(), has_gpu=has_gpu, gpu_bytes=room)
    return Registry.from_environment(
        look=shelf, services=services, fallback=settings.fallback
    )


@asynccontextmanager
async def _listening(app: web.Application, settings: Settings) -> AsyncIterator[str]:
    runner = web.AppRunner(
        app,
        access_log=None,
        keepalive_timeout=KEEPALIVE_S,
        shutdown_timeout=HANDLERS_S,
        handler_cancellation=False,  # a change is carried out although its client left
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, settings.host, settings.port, backlog=1024)
        await site.start()
        host, port = runner.addresses[0][:2]
        yield f"http://{f'[{host}]' if ':' in host else host}:{port}"
    finally:
        await runner.cleanup()


def _near(url: str) -> str:
    """The address for an agent on this machine, when the worker listens on all."""
    return url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")


def _stop_on_eof(
    loop: asyncio.AbstractEventLoop, stop: asyncio.Event, stdin: BinaryIO
) -> None:
    descriptor = stdin.fileno()

    def readable() -> None:
        if not os.read(descriptor, 4096):
            loop.remove_reader(descriptor)
            stop.set()

    loop.add_reader(descriptor, readable)


def _reason(error: OSError, settings: Settings) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {settings.port} on {settings.host} is in use; stop what uses it, or "
            "choose another --port (0 takes a free one)."
        )
    return f"The worker cannot start: {error}."


def _sorry(sentence: str) -> int:
    sys.stderr.write(sentence + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
