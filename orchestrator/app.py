"""The composition root: builds every object, wires it, and starts and stops in pairs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from aiohttp import web

from orchestrator import keys
from orchestrator.bell import Bell
from orchestrator.desk import Desk
from orchestrator.dispatch import Dispatcher
from orchestrator.film_settings import SettingsReader
from orchestrator.handlers.routing import add_routes
from orchestrator.library import Library
from orchestrator.mirror import Mirror
from orchestrator.orphans import Orphans
from orchestrator.pen import Pen
from orchestrator.portfolio import Portfolio
from orchestrator.pulls import Pulls
from orchestrator.quota import Ledger
from orchestrator.redrawing import Redrawing
from orchestrator.security import Guard, guard_middleware, header_signal
from orchestrator.settings import Settings
from orchestrator.store.answers import AnswerStore
from orchestrator.store.films import FilmStore
from orchestrator.store.mirrored import MirrorStore
from orchestrator.store.orphans import OrphanStore
from orchestrator.store.schema import prepare_schema
from orchestrator.store.scripts import ScriptStore
from orchestrator.store.traffic import TrafficStore
from orchestrator.store.workers import WorkerStore
from orchestrator.studio import Studio
from orchestrator.under_way import UnderWay
from orchestrator.url_watch import UrlWatch
from orchestrator.workers import Workers
from orchestrator.writer.services.choice import Services
from orchestrator.writing import Writing
from shared_protocol.kit.changes import Changes
from shared_protocol.kit.database import Database
from shared_protocol.kit.http_errors import error_middleware
from shared_protocol.kit.tasks import end_tasks, keep_running


@dataclass(frozen=True)
class _Parts:
    """What the loops and the start-up need beyond the keys of handlers."""

    database: Database
    bell: Bell
    orphans: Orphans


def make_app(settings: Settings) -> web.Application:
    """The orchestrator; its home folder must exist and belong to it alone."""
    guard = Guard(settings)
    app = web.Application(
        middlewares=[error_middleware, guard_middleware(guard)],
        client_max_size=settings.max_body_bytes,
    )
    app.on_response_prepare.append(header_signal(guard))
    parts = _build(app, settings)
    add_routes(app)
    app.cleanup_ctx.append(_storage(parts))
    app.cleanup_ctx.append(_connections)
    app.cleanup_ctx.append(_loops(parts))
    return app


def _build(app: web.Application, settings: Settings) -> _Parts:
    bell = Bell()
    database = Database.in_file(_private_file(settings.home / "orchestrator.db"))
    films = FilmStore(database, Changes(), bell)
    mirrored = MirrorStore(database)
    library = Library(settings.home / "library", films, mirrored)
    known = WorkerStore(database)
    ledger = app[keys.LEDGER] = Ledger(settings, TrafficStore(database))
    workers = Workers(settings, known, bell, ledger)
    app[keys.SETTINGS] = settings
    app[keys.VERSION] = version("moonreel")
    app[keys.FILMS] = films
    app[keys.FILM_SETTINGS] = SettingsReader()
    app[keys.PORTFOLIO] = Portfolio()
    app[keys.MIRRORED] = mirrored
    app[keys.LIBRARY] = library
    app[keys.WORKERS] = workers
    scripts = ScriptStore(database)
    app[keys.DESK] = Desk(films, scripts, mirrored, library)
    app[keys.REDRAWING] = Redrawing(app[keys.DESK], library)
    services = app[keys.SERVICES] = Services(settings)
    app[keys.UNDER_WAY] = UnderWay()
    app[keys.PEN] = Pen(services, AnswerStore(database), scripts)
    orphans = Orphans(settings, OrphanStore(database), films, workers, bell)
    app[keys.STUDIO] = Studio(settings, films, library, workers, services, orphans)
    app[keys.URL_WATCH] = UrlWatch(settings, known, workers)
    return _Parts(database, bell, orphans)


def _private_file(path: Path) -> Path:
    """The path; the file is made readable by its owner alone, it holds tokens."""
    path.touch(mode=0o600)
    return path


def _storage(parts: _Parts) -> Callable[[web.Application], AsyncIterator[None]]:
    async def storage(app: web.Application) -> AsyncIterator[None]:
        await prepare_schema(parts.database)
        await parts.database.open()
        await app[keys.FILMS].load()
        await app[keys.LIBRARY].open()
        await app[keys.LEDGER].open()
        yield
        await app[keys.LEDGER].save()
        await parts.database.close()

    return storage


async def _connections(app: web.Application) -> AsyncIterator[None]:
    await app[keys.URL_WATCH].start()
    yield
    await app[keys.SERVICES].close()
    await app[keys.WORKERS].stop()
    await app[keys.UNDER_WAY].settle()
    await app[keys.WORKERS].stop()  # an order may just have connected one


def _loops(parts: _Parts) -> Callable[[web.Application], AsyncIterator[None]]:
    async def loops(app: web.Application) -> AsyncIterator[None]:
        tasks = [keep_running(name, loop) for name, loop in _all_loops(app, parts)]
        yield
        await end_tasks(tasks)

    return loops


def _all_loops(
    app: web.Application, parts: _Parts
) -> list[tuple[str, Callable[[], Awaitable[None]]]]:
    settings, films = app[keys.SETTINGS], app[keys.FILMS]
    mirrored, library = app[keys.MIRRORED], app[keys.LIBRARY]
    workers, bell = app[keys.WORKERS], parts.bell
    orphans = parts.orphans
    dispatcher = Dispatcher(settings, films, mirrored, library, workers, orphans, bell)
    services, answers = app[keys.SERVICES], AnswerStore(parts.database)
    writing = Writing(settings, films, answers, library, workers, services, bell)
    loops: list[tuple[str, Callable[[], Awaitable[None]]]] = [
        ("dispatcher", dispatcher.run),
        ("writing", writing.run),
        ("orphans", orphans.run),
        ("url-watch", app[keys.URL_WATCH].run),
        ("ledger", app[keys.LEDGER].run),
    ]
    for slot in workers.slots:
        ledger = app[keys.LEDGER]
        pulls = Pulls(slot, settings, films, mirrored, library, ledger)
        if slot is workers.remote:
            ledger.on_allowed = pulls.request
        mirror = Mirror(slot, settings, films, workers, pulls, bell, ledger)
        loops.append((f"pulls-{slot.kind}", pulls.run))
        loops.append((f"mirror-{slot.kind}", mirror.run))
    return loops
