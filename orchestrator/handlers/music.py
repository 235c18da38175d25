"""``POST /api/music``: takes a music file in, which orders then name by its hash."""

from __future__ import annotations

import asyncio

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


async def upload(request: web.Request) -> web.Response:
    """201 with the hash; 413 or 422 for what is too large or no music."""
    await request.app[keys.STUDIO].check_disk(request.content_length or 0)
    writer = await asyncio.to_thread(request.app[keys.LIBRARY].blobs.writer)
    try:
        kind = await _receive(request, writer)
        sha256 = await asyncio.to_thread(writer.commit)
    finally:
        await asyncio.to_thread(writer.__exit__, None, None, None)
    reply = MusicStored(sha256=sha256, bytes=writer.bytes, format=kind)
    return web.json_response(text=reply.model_dump_json(), status=201)


async def _receive(request: web.Request, writer: BlobWriter) -> str:
    """Writes the body down; its format, known before much of it has come."""
    if (request.content_length or 0) > MAX_MUSIC_BYTES:
        raise _too_large()
    head, kind = b"", None
    async for chunk in request.content.iter_chunked(1 << 18):
        await asyncio.to_thread(writer.write, chunk)
        if writer.bytes > MAX_MUSIC_BYTES:
            raise _too_large()
        if kind is None:
            head += chunk[:HEAD_BYTES]
            kind = _format(head) if len(head) >= HEAD_BYTES else None
    return kind or _format(head)


def _format(head: bytes) -> str:
    kind = music_format(head[:HEAD_BYTES])
    if kind is None:
        raise ApiError(
            Code.INVALID_FIELD,
            "music: the file is not wav, mp3, flac or ogg; send one of those.",
            param="music",
            headers={"Connection": "close"},
        )
    return kind


def _too_large() -> ApiError:
    return ApiError(
        Code.TOO_LARGE,
        f"music: the file is larger than {MAX_MUSIC_BYTES >> 20} MiB; send it as mp3 "
        "or ogg, or a part of it, which is looped.",
        param="music",
        headers={"Connection": "close"},
    )
