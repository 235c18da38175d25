"""``/api/download`` and ``/api/video``: finished files from this machine, with ranges."""

from __future__ import annotations

import asyncio

from aiohttp import web

from orchestrator import keys
from orchestrator.asked_files import bring_asked
from orchestrator.bare_files import bare_edits
from orchestrator.store.films import Film
from shared_protocol.artifacts import Artifact
from shared_protocol.errors import Code
from shared_protocol.file_names import film_name
from shared_protocol.films import FileOrigin, FileOrigins
from shared_protocol.kit.blobs import BlobStore
from shared_protocol.kit.http_errors import ApiError
from shared_protocol.kit.ranges import ServedFile, serve_edited, serve_file
from shared_protocol.references import picture_format

FILM = "film.mp4"
#: ``?metadata=none`` leaves out what a file says of itself.
METADATA, NO_METADATA = "metadata", "none"


async def download(request: web.Request) -> web.StreamResponse:
    """A file of a film, ``film.mp4`` when none is named."""
    name = request.match_info.get("name", FILM)
    return await _send(request, request.match_info["job_id"], name)


async def video(request: web.Request) -> web.StreamResponse:
    """``/api/video/{job_id}.mp4``, the film where old pages look for it."""
    job_id, dot, kind = request.match_info["file"].rpartition(".")
    if not dot or kind != "mp4":
        raise ApiError(Code.NOT_FOUND, "Videos here are called {job_id}.mp4.")
    return await _send(request, job_id, FILM)


async def reference(request: web.Request) -> web.StreamResponse:
    """A picture by its hash: of somebody, or one that a scene had before."""
    sha256 = request.match_info["hex"]
    blobs = request.app[keys.LIBRARY].blobs
    found = await asyncio.to_thread(_picture, blobs, sha256)
    if found is None:
        raise ApiError(Code.NOT_FOUND, "No picture with this SHA-256 is here.")
    size, kind = found
    picture = ServedFile(
        path=blobs.path(sha256),
        sha256=sha256,
        bytes=size,
        media_type=f"image/{kind}",
        filename=f"reference.{kind}",
        immutable=True,
    )
    return await serve_file(request, picture)


def _picture(blobs: BlobStore, sha256: str) -> tuple[int, str] | None:
    """Size and format; None for another file, or none."""
    try:
        with blobs.path(sha256).open("rb") as file:
            kind = picture_format(file.read(12))
            return None if kind is None else (file.seek(0, 2), kind)
    except (FileNotFoundError, ValueError):
        return None


async def origins(request: web.Request) -> web.Response:
    """Which films a file is of, known by its bytes: somebody dropped it on the page."""
    found = await request.app[keys.MIRRORED].owners(request.match_info["hex"])
    films = tuple(
        FileOrigin(job_id=job_id, title=title, name=file.name, scene=file.scene)
        for job_id, title, file in found
    )
    return web.json_response(text=FileOrigins(films=films).model_dump_json())


async def _send(request: web.Request, job_id: str, name: str) -> web.StreamResponse:
    film = await request.app[keys.STUDIO].find(job_id)
    artifacts = await request.app[keys.MIRRORED].artifacts(job_id)
    artifact = next((a for a in artifacts if a.name == name), None)
    if artifact is None:
        artifact = await bring_asked(request.app, film, name)
    if artifact is None:
        raise _absent(film, name)
    file = _file(request, film, artifact)
    if METADATA not in request.query:
        return await serve_file(request, file)
    return await _send_bare(request, file)


async def _send_bare(request: web.Request, file: ServedFile) -> web.StreamResponse:
    """The file without what it says of itself: no seed, no settings, no date."""
    if request.query[METADATA] != NO_METADATA:
        raise _refused(f"{METADATA} can only be {NO_METADATA}, or be left out.")
    try:
        edits = await asyncio.to_thread(bare_edits, file.path, file.media_type)
    except ValueError as fault:
        raise _refused(
            f"{METADATA}: {file.filename} cannot be read ({fault}); ask for it as it is."
        ) from fault
    if edits is None:
        raise _refused(
            f"{METADATA}: only films, sound.m4a, PNG and JPEG pictures are sent "
            f"without; ask for {file.filename} as it is."
        )
    return await serve_edited(request, file, edits, "bare")


def _refused(message: str) -> ApiError:
    return ApiError(Code.INVALID_FIELD, message, param=METADATA)


def _file(request: web.Request, film: Film, artifact: Artifact) -> ServedFile:
    return ServedFile(
        path=request.app[keys.LIBRARY].blobs.path(artifact.sha256),
        sha256=artifact.sha256,
        bytes=artifact.bytes,
        media_type=artifact.media_type,
        filename=film_name(film.title) if artifact.name == FILM else artifact.name,
    )


def _absent(film: Film, name: str) -> ApiError:
    announced = film.render.artifacts if film.render else ()
    if name == FILM or any(artifact.name == name for artifact in announced):
        return ApiError(
            Code.NOT_READY,
            f"{name} is not here yet: the film is {film.state} "
            f"({film.progress} %). {film.message}",
        )
    return ApiError(
        Code.NOT_FOUND,
        f"The film has no file called {name[:100]}; its view lists those there are.",
    )
