"""Takes files apart that came one after another in one reply, each checked by its hash."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Protocol

from shared_protocol.kit.blobs import BlobStore


class NamedFile(Protocol):
    """Anything that promises bytes by their hash."""

    @property
    def sha256(self) -> str: ...
    @property
    def bytes(self) -> int: ...


async def unpack(
    chunks: AsyncIterator[bytes], files: list[NamedFile], into: BlobStore
) -> None:
    """Keeps each file that came whole, and takes it off ``files``.

    Raises DigestMismatch when bytes are not those that were promised.
    """
    rest = b""
    while files:
        wanted = files[0]
        writer = await asyncio.to_thread(into.writer)
        try:
            while writer.bytes + len(rest) < wanted.bytes:
                await asyncio.to_thread(writer.write, rest)
                rest = await anext(chunks, b"")
                if not rest:
                    return  # it broke off; what came whole is kept
            cut = wanted.bytes - writer.bytes
            await asyncio.to_thread(writer.write, rest[:cut])
            rest = rest[cut:]
            await asyncio.to_thread(writer.commit, wanted.sha256)
        finally:
            await asyncio.to_thread(writer.__exit__, None, None, None)
        del files[0]
