"""``POST /artifacts/bundle``: many small files in one reply, one after another."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from aiohttp import web

from colab_worker.keys import BLOBS, SETTINGS
from shared_protocol.errors import Code
from shared_protocol.kit.blobs import BlobStore
from shared_protocol.kit.http_errors import ApiError, read_model
from shared_protocol.kit.ranges import send
from shared_protocol.transfers import BundleRequest


async def get_bundle(request: web.Request) -> web.StreamResponse:
    """The bytes of the files in the order in which they are named, and nothing else.

    Who asks knows their sizes and hashes, so that nothing has to be told in between, and
    of a reply that broke off the files that came whole count.
    """
    limit = request.app[SETTINGS].body_limit_bytes
    asked = await read_model(request, BundleRequest, limit_bytes=limit)
    blobs = request.app[BLOBS]
    sizes = await asyncio.to_thread(_sizes, blobs, asked.sha256)
    reply = web.StreamResponse(headers={"Content-Type": "application/octet-stream"})
    reply.content_length = sum(sizes)
    await reply.prepare(request)
    for sha256, size in zip(asked.sha256, sizes, strict=True):
        handle = await asyncio.to_thread(blobs.path(sha256).open, "rb")
        try:
            await send(reply, handle, 0, size)
        finally:
            handle.close()  # never in a thread: a canceled request would leave it open
    await reply.write_eof()
    return reply


def _sizes(blobs: BlobStore, hashes: Sequence[str]) -> list[int]:
    sizes = []
    for sha256 in hashes:
        try:
            sizes.append(blobs.size(sha256))
        except FileNotFoundError as error:
            raise ApiError(
                Code.NOT_FOUND, f"No file with the SHA-256 {sha256} is here."
            ) from error
    return sizes
