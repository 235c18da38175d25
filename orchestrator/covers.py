"""The pictures that stand for models: what ships with them, else what they have made."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from orchestrator.errors import Refused, Unreachable
from orchestrator.library import Library
from orchestrator.portfolio import ANY_LIKENESS, Work, Works
from orchestrator.worker_client import WorkerClient
from shared_protocol import routes
from shared_protocol.artifacts import FileRef
from shared_protocol.kit.blobs import DigestMismatch
from shared_protocol.models import ModelInfo, ModelThumbnail

log = logging.getLogger(__name__)

#: A thumbnail of 256 pixels has a tenth of that.
MAX_BYTES = 256 << 10
#: More are not brought at once.
MAX_COUNT = 500


async def bring_thumbnails(
    models: Iterable[ModelInfo], library: Library, client: WorkerClient
) -> None:
    """Brings those that are not here, in one request; without them there are others."""
    offered = [m.thumbnail for m in models if m.thumbnail is not None]
    small = [file for file in offered if file.bytes <= MAX_BYTES]
    absent: dict[str, FileRef] = {}
    for file in small:
        if not await library.has(file.sha256):
            absent[file.sha256] = file
    if not absent:
        return
    try:
        wanted = list(absent.values())[:MAX_COUNT]
        await client.fetch_bundle(wanted, library.blobs)
    except (Unreachable, Refused, DigestMismatch) as trouble:
        log.warning("Pictures of models stay at the worker: %s", trouble)


async def cover_of(
    model: ModelInfo, works: Works, library: Library
) -> ModelThumbnail | None:
    """What is here of a model's own picture, else the newest that it had a part in."""
    own = model.thumbnail
    if own is not None and await library.has(own.sha256):
        return ModelThumbnail(url=_url(own.sha256), source="file")
    name = ANY_LIKENESS if model.kind == "likeness" else model.name
    for work in works.get((model.kind, name), ()):
        if await library.has(work.sha256):
            return _of_film(work)
    return None


def _of_film(work: Work) -> ModelThumbnail:
    return ModelThumbnail(
        url=_url(work.sha256),
        source="film",
        job_id=work.job_id,
        title=work.title,
        scene=work.scene,
    )


def _url(sha256: str) -> str:
    return routes.API_REFERENCE.format(hex=sha256)
