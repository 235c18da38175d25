"""Files in and out: downloads of a job, artifacts by hash, uploads by hash."""

from __future__ import annotations

import asyncio
import math

from aiohttp import web

from colab_worker.handlers.access import caller
from colab_worker.handlers.submit import find_status, read_job_id
from colab_worker.keys import BLOBS, DISK, LIMITS, MEMO, SETTINGS
from colab_worker.limits import MIB
from colab_worker.upload_types import LOOK_BYTES, check_upload
from colab_worker.views import artifacts
from shared_protocol.artifacts import Artifact
from shared_protocol.errors import Code
from shared_protocol.file_names import film_name
from shared_protocol.kit.blobs import BlobWriter, DigestMismatch
from shared_protocol.kit.http_errors import ApiError, read_model
from shared_protocol.kit.ranges import ServedFile, serve_file
from shared_protocol.transfers import BlobQuery, BlobReply

FILM = "film.mp4"


async def download(request: web.Request) -> web.StreamResponse:
    """``GET /download/{job_id}[/{name}]``: a file of the job, the film by default."""
    status = await find_status(request, read_job_id(request))
    name = request.match_info.get("name", FILM)
    for artifact in artifacts(status.units.values()):
        if artifact.name == name:
            return await serve_file(
                request, _served(request, artifact, status.row.title)
            )
    if name == FILM:
        state = status.row.state
        raise ApiError(
            Code.NOT_READY,
            f"The film is not ready: the job is {state}. "
            f"Ask /status/{status.row.id} and come back when it is complete.",
        )
    raise ApiError(
        Code.NOT_FOUND,
        f"The job has no file {name!r}, or not yet; /jobs/{status.row.id}/artifacts "
        "lists those there are.",
        param="name",
    )


async def get_artifact(request: web.Request) -> web.StreamResponse:
    """``GET /artifacts/sha256/{hex}``: immutable bytes."""
    sha256 = read_hash(request)
    path = request.app[BLOBS].path(sha256)
    try:
        size = await asyncio.to_thread(request.app[BLOBS].size, sha256)
    except FileNotFoundError as error:
        raise ApiError(
            Code.NOT_FOUND, f"No file with the SHA-256 {sha256} is here."
        ) from error
    file = ServedFile(
        path, sha256, size, "application/octet-stream", sha256, immutable=True
    )
    return await serve_file(request, file)


async def put_blob(request: web.Request) -> web.Response:
    """``PUT /blobs/sha256/{hex}``: 201 when stored, 200 when it was here already."""
    sha256 = read_hash(request)
    blobs = request.app[BLOBS]
    if await asyncio.to_thread(blobs.has, sha256):
        return web.json_response({"sha256": sha256, "stored": False})
    await asyncio.to_thread(request.app[DISK].require, request.content_length or 1)
    writer = await asyncio.to_thread(blobs.writer)
    try:
        await _receive(request, writer)
        await asyncio.to_thread(writer.commit, sha256)
    except DigestMismatch as error:
        message = f"sha256: {error}"
        raise ApiError(Code.DIGEST_MISMATCH, message, param="sha256") from error
    finally:
        await asyncio.to_thread(writer.__exit__, None, None, None)
    return web.json_response({"sha256": sha256, "stored": True}, status=201)


async def missing_blobs(request: web.Request) -> web.Response:
    """``POST /blobs/missing``: which of many blobs would have to be uploaded."""
    limit = request.app[SETTINGS].body_limit_bytes
    query = await read_model(request, BlobQuery, limit_bytes=limit)
    missing = await request.app[MEMO].missing(query.sha256)
    return web.json_response(text=BlobReply(missing=tuple(missing)).model_dump_json())


def read_hash(request: web.Request) -> str:
    """The hash in the path; ApiError 422 when it is none."""
    sha256 = request.match_info["hex"]
    try:
        request.app[BLOBS].path(sha256)
    except ValueError as error:
        raise ApiError(
            Code.INVALID_FIELD, f"sha256: {error}", param="sha256"
        ) from error
    return sha256


async def _receive(request: web.Request, writer: BlobWriter) -> None:
    limit = request.app[SETTINGS].blob_limit_bytes
    too_large = ApiError(
        Code.TOO_LARGE,
        f"The file is larger than the {limit:,} bytes that this worker takes.",
        headers={"Connection": "close"},
    )
    if (request.content_length or 0) > limit:
        raise too_large
    limiter, who = request.app[LIMITS], caller(request)
    beginning, charged = b"", 0
    async for chunk in request.content.iter_chunked(1 << 18):
        if len(beginning) < LOOK_BYTES:
            beginning = (beginning + chunk)[:LOOK_BYTES]
            check_upload(beginning)
        await asyncio.to_thread(writer.write, chunk)
        cost = math.ceil(writer.bytes / MIB) - charged
        if cost:
            await limiter.uploads(who, cost)
            charged += cost
        if writer.bytes > limit:
            raise too_large


def _served(request: web.Request, artifact: Artifact, title: str) -> ServedFile:
    return ServedFile(
        path=request.app[BLOBS].path(artifact.sha256),
        sha256=artifact.sha256,
        bytes=artifact.bytes,
        media_type=artifact.media_type,
        filename=film_name(title) if artifact.name == FILM else artifact.name,
    )
