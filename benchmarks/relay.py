"""A TCP relay that counts what goes through: the bytes of the wire, headers and all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

_CHUNK_BYTES = 1 << 16


@dataclass
class Bytes:
    """Bytes from the client to the server and back."""

    up_bytes: int = 0
    down_bytes: int = 0


@asynccontextmanager
async def relay(host: str, port: int, counted: Bytes) -> AsyncIterator[str]:
    """The URL of a relay to ``host:port`` that adds to ``counted``."""
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.create_task(_join(reader, writer, host, port, counted)))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _join(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    host: str,
    port: int,
    counted: Bytes,
) -> None:
    far_reader, far_writer = await asyncio.open_connection(host, port)

    async def up() -> None:
        while chunk := await reader.read(_CHUNK_BYTES):
            counted.up_bytes += len(chunk)
            far_writer.write(chunk)
            await far_writer.drain()
        far_writer.write_eof()

    async def down() -> None:
        while chunk := await far_reader.read(_CHUNK_BYTES):
            counted.down_bytes += len(chunk)
            writer.write(chunk)
            await writer.drain()

    try:
        await asyncio.gather(up(), down())
    finally:
        far_writer.close()
        writer.close()
