"""``POST /api/music``, ``/api/references``, ``/api/voice-samples``: orders name their hash."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from orchestrator import keys
from shared_protocol.errors import Code
from shared_protocol.kit.blobs import BlobWriter
from shared_protocol.kit.http_errors import ApiError
from shared_protocol.music import (
    HEAD_BYTES,
    MAX_MUSIC_BYTES,
    MusicStored,
    music_format,
)
from shared_protocol.references import (
    MAX_REFERENCE_BYTES,
    MAX_SAMPLE_BYTES,
    ReferenceStored,
    SampleStored,
    picture_format,
)


@dataclass(frozen=True)
class _Kind:
    """What one route takes in."""

    param: str
    most_bytes: int
    format: Callable[[bytes], str | None]
    formats: str
    if_too_large: str


_MUSIC = _Kind(
    "music",
    MAX_MUSIC_BYTES,
    music_format,
    "wav, mp3, flac or ogg",
    "send it as mp3 or ogg, or a part of it, which is looped",
)
_REFERENCE = _Kind(
    "reference",
    MAX_REFERENCE_BYTES,
    picture_format,
    "png, jpeg or webp",
    "a thousand pixels across are enough",
)


_SAMPLE = _Kind(
    "voice_sample",
    MAX_SAMPLE_BYTES,
    music_format,
    "wav, mp3, flac or ogg",
    "6 to 30 s are enough",
)


async def music(request: web.Request) -> web.Response:
    """201 with the hash; 413 or 422 for what is too large or no music."""
    sha256, size, kind = await _stored(request, _MUSIC)
    return _created(MusicStored(sha256=sha256, bytes=size, format=kind))


async def reference(request: web.Request) -> web.Response:
    """201 with the hash; 413 or 422 for what is too large or no picture."""
    sha256, size, kind = await _stored(request, _REFERENCE)
    return _created(ReferenceStored(sha256=sha256, bytes=size, format=kind))


async def voice_sample(request: web.Request) -> web.Response:
    """201 with the hash; 413 or 422 for what is too large or no sound."""
    sha256, size, kind = await _stored(request, _SAMPLE)
    return _created(SampleStored(sha256=sha256, bytes=size, format=kind))


def _created(reply: MusicStored | ReferenceStored | SampleStored) -> web.Response:
    return web.json_response(text=reply.model_dump_json(), status=201)


async def _stored(request: web.Request, wanted: _Kind) -> tuple[str, int, str]:
    """Hash, size and format of the body, which is in the library now."""
    await request.app[keys.STUDIO].check_disk(request.content_length or 0)
    writer = await asyncio.to_thread(request.app[keys.LIBRARY].blobs.writer)
    try:
        kind = await _receive(request, writer, wanted)
        sha256 = await asyncio.to_thread(writer.commit)
    finally:
        await asyncio.to_thread(writer.__exit__, None, None, None)
    return sha256, writer.bytes, kind


async def _receive(request: web.Request, writer: BlobWriter, wanted: _Kind) -> str:
    """Writes the body down; its format, known before much of it has come."""
    if (request.content_length or 0) > wanted.most_bytes:
        raise _too_large(wanted)
    head, kind = b"", None
    async for chunk in request.content.iter_chunked(1 << 18):
        await asyncio.to_thread(writer.write, chunk)
        if writer.bytes > wanted.most_bytes:
            raise _too_large(wanted)
        if kind is None:
            head += chunk[:HEAD_BYTES]
            kind = _format(head, wanted) if len(head) >= HEAD_BYTES else None
    return kind or _format(head, wanted)


def _format(head: bytes, wanted: _Kind) -> str:
    kind = wanted.format(head[:HEAD_BYTES])
    if kind is None:
        raise ApiError(
            Code.INVALID_FIELD,
            f"{wanted.param}: the file is not {wanted.formats}; send one of those.",
            param=wanted.param,
            headers={"Connection": "close"},
        )
    return kind


def _too_large(wanted: _Kind) -> ApiError:
    return ApiError(
        Code.TOO_LARGE,
        f"{wanted.param}: the file is larger than {wanted.most_bytes >> 20} MiB; "
        f"{wanted.if_too_large}.",
        param=wanted.param,
        headers={"Connection": "close"},
    )
