"""Serving a file by its hash: ranges, correct If-Range, conditional requests, digests.

Follows RFC 9110 (ranges, conditionals) and RFC 9530 (``Repr-Digest``). The entity tag is
strong: it is the SHA-256 of the bytes, so a resumed download never joins two films.
"""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from aiohttp import web

from shared_protocol.errors import Code
from shared_protocol.kit.http_errors import ApiError

CHUNK_BYTES = 1 << 18
#: Longer numbers than these 18 digits are no place in any file: as if not asked.
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.IGNORECASE)
#: Types that a browser may show; everything else is only offered for saving.
_INLINE = ("video/", "audio/", "image/png", "image/webp", "image/jpeg")


@dataclass(frozen=True)
class ServedFile:
    """A file and how it presents itself."""

    path: Path
    sha256: str
    bytes: int
    media_type: str
    filename: str
    immutable: bool = False


@dataclass(frozen=True)
class Edit:
    """Bytes of a file that are sent otherwise: ``data`` in place of a span."""

    start: int
    stop: int
    data: bytes


async def serve_edited(
    request: web.Request, file: ServedFile, edits: Sequence[Edit], kind: str
) -> web.StreamResponse:
    """Answers GET or HEAD with the file, ``edits`` made in it on the way; no ranges.

    ``kind`` tells this form of the file from others in its entity tag.
    """
    headers = _headers(file) | {"ETag": f'"{file.sha256}-{kind}"'}
    headers |= {"Accept-Ranges": "none"}
    del headers["Repr-Digest"]
    if _matches(request.headers.get("If-None-Match"), headers["ETag"]):
        return web.Response(status=304, headers=headers)
    reply = web.StreamResponse(headers=headers)
    longer = sum(len(edit.data) - (edit.stop - edit.start) for edit in edits)
    reply.content_length = file.bytes + longer
    handle = await asyncio.to_thread(_open, file)
    try:
        await reply.prepare(request)
        if request.method != "HEAD":
            at = 0
            for edit in edits:
                await send(reply, handle, at, edit.start)
                await reply.write(edit.data)
                at = edit.stop
            await send(reply, handle, at, file.bytes)
        await reply.write_eof()
    finally:
        handle.close()
    return reply


async def serve_file(
    request: web.Request, file: ServedFile, added: Mapping[str, str] | None = None
) -> web.StreamResponse:
    """Answers GET or HEAD for ``file``: 200, 206, 304 or 416; with headers ``added``."""
    headers = _headers(file) | dict(added or {})
    if _matches(request.headers.get("If-None-Match"), headers["ETag"]):
        return web.Response(status=304, headers=headers)
    span = None
    if request.method == "GET":  # RFC 9110 §14.2: a range of anything else is ignored
        span = _span(request.headers, file.bytes, headers["ETag"])
    start, stop = span or (0, file.bytes)
    if span:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{file.bytes}"
    headers["Content-Length"] = str(stop - start)
    reply = web.StreamResponse(status=206 if span else 200, headers=headers)
    reply.content_length = stop - start
    handle = await asyncio.to_thread(_open, file)
    try:
        await reply.prepare(request)
        if request.method != "HEAD":
            await send(reply, handle, start, stop)
        await reply.write_eof()
    finally:
        handle.close()  # never in a thread: a canceled request would leave it open
    return reply


def _open(file: ServedFile) -> BinaryIO:
    try:
        return file.path.open("rb")
    except FileNotFoundError as error:
        raise ApiError(
            Code.NOT_FOUND, f"{file.filename} is no longer on this machine."
        ) from error


async def send(
    reply: web.StreamResponse, handle: BinaryIO, start: int, stop: int
) -> None:
    """Sends the bytes from ``start`` up to ``stop``; ConnectionResetError if it has less."""
    await asyncio.to_thread(handle.seek, start)
    left = stop - start
    while left:
        chunk = await asyncio.to_thread(handle.read, min(CHUNK_BYTES, left))
        if not chunk:
            raise ConnectionResetError("the file became shorter while it was sent")
        await reply.write(chunk)
        left -= len(chunk)


def _headers(file: ServedFile) -> dict[str, str]:
    digest = base64.b64encode(bytes.fromhex(file.sha256)).decode()
    inline = file.media_type.startswith(_INLINE)
    return {
        "Accept-Ranges": "bytes",
        "ETag": f'"{file.sha256}"',
        "Repr-Digest": f"sha-256=:{digest}:",
        "Content-Type": file.media_type,
        "Content-Disposition": _disposition(file.filename, inline=inline),
        "Cache-Control": (
            "private, max-age=31536000, immutable"
            if file.immutable
            else "private, no-store"
        ),
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": _policy(file.media_type),
    }


def _disposition(name: str, *, inline: bool) -> str:
    """With the name as it is (RFC 6266) where not every client could read that."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    told = f'{"inline" if inline else "attachment"}; filename="{plain}"'
    return told if name.isascii() else f"{told}; filename*=UTF-8''{quote(name)}"


def _policy(media_type: str) -> str:
    """Nothing in a file may run; a film in a tab of its own may load itself."""
    if media_type.startswith(("video/", "audio/")):
        return "sandbox allow-same-origin; default-src 'none'; media-src 'self'"
    return "sandbox; default-src 'none'"


def _span(headers: Mapping[str, str], size: int, etag: str) -> tuple[int, int] | None:
    """The asked ``[start, stop)``, or None for the whole file; ApiError for 416."""
    match = _RANGE.fullmatch(headers.get("Range", "").strip())
    if_range = headers.get("If-Range")
    if not match or not any(match.groups()):
        return None
    if if_range is not None and if_range.strip() != etag:
        return None  # another file, or a date, which proves nothing: send all of it
    first, last = match.groups()
    if first and last and int(last) < int(first):
        return None  # RFC 9110 §14.1.1: not a range at all
    if first:
        start, stop = int(first), min(int(last or size) + 1, size)
    else:
        start, stop = max(size - int(last), 0), size
    if start >= size or start >= stop:
        raise ApiError(
            Code.RANGE_NOT_SATISFIABLE,
            f"The range starts at or after the end of the file ({size} bytes).",
            headers={"Content-Range": f"bytes */{size}"},
        )
    return start, stop


def _matches(if_none_match: str | None, etag: str) -> bool:
    if if_none_match is None:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in tags or etag in tags
