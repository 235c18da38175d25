"""Files that were left at a worker behind a metered tunnel, and that somebody asks for."""

from __future__ import annotations

from aiohttp import web

from orchestrator import keys
from orchestrator.errors import Refused, Unreachable
from orchestrator.store.films import Film
from orchestrator.views import worker_of
from orchestrator.worker_client import WorkerClient
from shared_protocol.artifacts import Artifact
from shared_protocol.errors import Code
from shared_protocol.kit.blobs import DigestMismatch
from shared_protocol.kit.http_errors import ApiError


async def bring_asked(app: web.Application, film: Film, name: str) -> Artifact | None:
    """Brings a scene's file that does not come by itself; None when there is none.

    Raises ApiError when the tunnel has too little left, or the worker does not give it.
    """
    announced = film.render.artifacts if film.render else ()
    file = next((a for a in announced if a.name == name and a.scene), None)
    slot = worker_of(film, app[keys.WORKERS])
    if file is None or slot is None or slot.client is None:
        return None
    if app[keys.LEDGER].pace(slot.client.address.url) is None:
        return None  # it is on its way
    await _bring(app, film, file, slot.client)
    return file


async def _bring(
    app: web.Application, film: Film, file: Artifact, client: WorkerClient
) -> None:
    ledger = app[keys.LEDGER]
    left = ledger.left_bytes(client.address.url)
    if left is not None and file.bytes > left and not ledger.may_exceed(film.job_id):
        raise ApiError(
            Code.NOT_READY,
            f"{file.name} has {file.bytes / 1e6:.1f} MB, but the tunnel has only "
            f"{left / 1e6:.1f} MB left this month; it comes after `moonreel allow`.",
        )
    try:
        await app[keys.LIBRARY].bring(film.job_id, file, client)
    except (Unreachable, Refused, DigestMismatch) as trouble:
        raise ApiError(
            Code.WORKER_UNREACHABLE,
            f"{file.name} is still at the worker, which does not give it: {trouble}",
        ) from trouble
    await app[keys.MIRRORED].add_artifact(film.job_id, file)
