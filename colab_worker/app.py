"""The composition root: builds everything a worker is made of, once, and wires it."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Mapping
from functools import partial

from aiohttp import web

from colab_worker import keys
from colab_worker.archive import Archive
from colab_worker.archivist import Archivist
from colab_worker.board import Board
from colab_worker.device import Identity
from colab_worker.disk import Disk
from colab_worker.dispatcher import LocalDispatcher
from colab_worker.encoder_choice import EncoderChoice
from colab_worker.engine_host import EngineHost
from colab_worker.engine_wire import Load
from colab_worker.engines.hosted.services import LANE
from colab_worker.engines.registry import Registry
from colab_worker.handlers import (
    access,
    bundle,
    files,
    health,
    pairing,
    speak,
    status,
    submit,
)
from colab_worker.job_run import RunParts
from colab_worker.limits import Limiter
from colab_worker.memo import Memo
from colab_worker.preload import early_loads
from colab_worker.runner import Runner
from colab_worker.settings import Settings
from colab_worker.store.jobs import Store
from colab_worker.submissions import Submissions
from colab_worker.thumbnails import Thumbnails
from colab_worker.tunnels.traffic import traffic_middleware
from colab_worker.tunnels.tunnels import Tunnels
from shared_protocol import routes
from shared_protocol.kit.blobs import BlobStore
from shared_protocol.kit.database import Database
from shared_protocol.kit.http_errors import error_middleware
from shared_protocol.kit.tasks import end_tasks, keep_running

LAST_LOOK_S = 10.0


def make_app(
    settings: Settings,
    identity: Identity,
    registry: Registry,
    keys_of_services: Mapping[str, str] | None = None,
) -> web.Application:
    """The worker as a web application; its data folder must exist and be its own.

    Keys of services go to the processes that ask them, and nowhere else.

    Raises PlanRefused for an engine to preload that is not here.
    """
    counted = [traffic_middleware] if settings.tunnels.kinds else []
    app = web.Application(
        middlewares=[*counted, error_middleware, access.access_middleware],
        client_max_size=settings.body_limit_bytes,
    )
    app[keys.SETTINGS] = settings
    app[keys.IDENTITY] = identity
    app[keys.REGISTRY] = registry
    app[keys.LIMITS] = Limiter(settings.limits)
    app[keys.ORIGINS] = set(settings.allowed_origins)
    blobs = app[keys.BLOBS] = BlobStore(settings.blobs)
    disk = app[keys.DISK] = Disk(
        settings.data_dir,
        floor_bytes=settings.disk_floor_bytes,
        quota_bytes=settings.disk_quota_bytes,
        ballast_bytes=settings.ballast_bytes,
    )
    store = app[keys.STORE] = Store(Database.in_file(settings.database))
    board = app[keys.BOARD] = Board(store, identity.stamp, tick_s=settings.tick_s)
    archive = Archive(settings.memo_folder, blobs) if settings.memo_folder else None
    memo = app[keys.MEMO] = Memo(store, blobs, archive)
    dispatcher = app[keys.DISPATCHER] = _dispatcher(
        settings,
        blobs,
        disk,
        early_loads(settings.preload, registry),
        keys_of_services or {},
    )
    encoders = EncoderChoice(settings.data_dir, settings.encoder, identity.gpu)
    parts = RunParts(store, memo, board, dispatcher, registry, settings, encoders)
    runner = app[keys.RUNNER] = Runner(parts, disk)
    app[keys.SUBMISSIONS] = Submissions(
        settings, store, board, registry, runner, disk, blobs
    )
    app[keys.THUMBNAILS] = Thumbnails(blobs, settings.work)
    app[keys.TUNNELS] = Tunnels(settings)
    app.on_response_prepare.append(access.stamp_reply)
    app.cleanup_ctx.append(_working)
    if archive is not None:
        app[keys.ARCHIVIST] = Archivist(
            archive, store, app[keys.SUBMISSIONS], settings.archive_s
        )
        app.cleanup_ctx.append(_archiving)
    app.add_routes(_routes())
    return app


async def _working(app: web.Application) -> AsyncIterator[None]:
    """What needs a running loop, begun and ended in pairs."""
    await asyncio.to_thread(_tidy, app)
    app[keys.DISPATCHER].start()  # its child starts while the store is opened
    try:
        await app[keys.STORE].open()
        await app[keys.RUNNER].start()
        shelf = keep_running("look at the shelf", partial(_watch_shelf, app))
        yield
        await end_tasks([shelf])
        await app[keys.RUNNER].stop()
    finally:
        await app[keys.DISPATCHER].close()
        await app[keys.STORE].close()


async def _archiving(app: web.Application) -> AsyncIterator[None]:
    """Takes up what a lost machine left; from then on follows, up to a last look."""
    archivist = app[keys.ARCHIVIST]
    await archivist.restore()
    following = keep_running("memo folder", archivist.run)
    yield
    await end_tasks([following])
    with contextlib.suppress(TimeoutError):  # a slow disk may not hold the end up
        async with asyncio.timeout(LAST_LOOK_S):
            await archivist.follow()


async def _watch_shelf(app: web.Application) -> None:
    """Models that are pulled or removed while we serve come and go as engines."""
    while True:
        await asyncio.sleep(app[keys.SETTINGS].shelf_s)
        await asyncio.to_thread(app[keys.REGISTRY].refresh)


def _tidy(app: web.Application) -> None:
    settings = app[keys.SETTINGS]
    shutil.rmtree(settings.work, ignore_errors=True)
    settings.work.mkdir(parents=True)
    app[keys.BLOBS].sweep()
    app[keys.DISK].hold_ballast()


def _dispatcher(
    settings: Settings,
    blobs: BlobStore,
    disk: Disk,
    preload: dict[str, list[Load]],
    keys_of_services: Mapping[str, str],
) -> LocalDispatcher:
    return LocalDispatcher(
        {
            "gpu": 1,
            "cpu": settings.cpu_lanes,
            "voice": 1,
            LANE: settings.hosted_lanes,
        },
        blobs=blobs,
        work=settings.work,
        disk=disk,
        make_host=lambda lane: EngineHost(
            beat_timeout_s=settings.beat_timeout_s,
            cancel_grace_s=settings.cancel_grace_s,
            secrets=keys_of_services if lane == LANE else None,
        ),
        preload=preload,
        watched=settings.live_previews,
        batch=settings.batch,
        warm={"gpu"},  # the first picture is on the critical path of every film
    )


def _routes() -> list[web.RouteDef]:
    """Submit, then watch, then fetch."""
    return [
        web.put(routes.JOB, submit.put_job),
        web.post(routes.GENERATE_FILM, submit.post_film),
        web.post(routes.SUBMIT_ALIAS, submit.post_film),
        web.post(routes.JOB_CANCEL, submit.cancel_job),
        web.delete(routes.JOB, submit.delete_job),
        web.get(routes.STATUS, status.get_status),
        web.get(routes.STATUS_ALIAS, status.get_status),
        web.get(routes.JOBS, status.list_jobs),
        web.post(routes.JOBS_WAIT, status.wait_jobs),
        web.get(routes.JOB_ARTIFACTS, status.list_artifacts),
        web.get(routes.JOB_LIVE, status.get_glimpse),
        web.get(routes.DOWNLOAD, files.download),
        web.get(routes.DOWNLOAD_NAMED, files.download),
        web.get(routes.ARTIFACT, files.get_artifact),
        web.post(routes.ARTIFACTS_BUNDLE, bundle.get_bundle),
        web.put(routes.BLOB, files.put_blob),
        web.get(routes.BLOB, files.get_artifact),
        web.post(routes.BLOBS_MISSING, files.missing_blobs),
        web.post(routes.SPEAK, speak.speak),
        web.get(routes.HEALTH, health.get_health),
        web.post(routes.PAIR, pairing.pair),
        web.get(routes.CAPABILITIES, health.get_capabilities),
        web.get(routes.ROOT, health.get_root),
    ]
