"""Fetching finished files: resumed, checked by their hash, renamed only when whole."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import httpx

from orchestrator.cli.client import Client
from orchestrator.cli.exits import CliError
from shared_protocol import routes
from shared_protocol.artifacts import Artifact

#: Tries without a single new byte before the download is given up.
FRUITLESS_TRIES = 5
RETRY_S = 0.5

#: Called with the number of bytes that are here.
OnBytes = Callable[[int], None]


class BrokenDownload(CliError):
    """A file could not be fetched whole."""


async def fetch(
    client: Client,
    job_id: str,
    artifact: Artifact,
    target: Path,
    *,
    on_bytes: OnBytes | None = None,
    retry_s: float = RETRY_S,
) -> bool:
    """Brings ``artifact`` to ``target``; False when the same bytes were there already.

    Raises BrokenDownload, and keeps ``.part`` for the next time, when it cannot.
    """
    if await asyncio.to_thread(_is_same, target, artifact):
        return False
    part = target.with_name(target.name + ".part")
    await asyncio.to_thread(_prepare, part, artifact.bytes)
    for _ in range(2):  # a leftover of another film only shows in the hash
        await _complete(client, job_id, artifact, part, on_bytes, retry_s)
        if await asyncio.to_thread(_publish, part, target, artifact.sha256):
            return True
    raise BrokenDownload(
        f"{artifact.name} arrived twice with other bytes than the server announced; "
        "nothing was kept"
    )


async def _complete(
    client: Client,
    job_id: str,
    artifact: Artifact,
    part: Path,
    on_bytes: OnBytes | None,
    retry_s: float,
) -> None:
    """Adds to ``part`` until it has every byte; gives up when nothing more comes."""
    have, fruitless = await asyncio.to_thread(_size, part), 0
    while have < artifact.bytes:
        problem = await _pull(client, job_id, artifact, part, on_bytes)
        before, have = have, await asyncio.to_thread(_size, part)
        fruitless = 0 if have > before else fruitless + 1
        if fruitless >= FRUITLESS_TRIES:
            raise BrokenDownload(
                f"{artifact.name} stopped after {have:,} of {artifact.bytes:,} bytes "
                f"({problem}); the same command goes on from there"
            )
        if problem:
            await asyncio.sleep(retry_s)


async def _pull(
    client: Client,
    job_id: str,
    artifact: Artifact,
    part: Path,
    on_bytes: OnBytes | None,
) -> str:
    """One request for what is missing; the reason when the connection broke."""
    have = await asyncio.to_thread(_size, part)
    headers = {"Accept-Encoding": "identity"}
    if have:
        headers |= {"Range": f"bytes={have}-", "If-Range": f'"{artifact.sha256}"'}
    path = routes.API_DOWNLOAD_NAMED.format(job_id=job_id, name=artifact.name)
    try:
        async with client.http.stream("GET", path, headers=headers) as reply:
            if reply.status_code >= 400:
                await reply.aread()
                raise client.refusal(reply)
            resumed = reply.status_code == httpx.codes.PARTIAL_CONTENT
            await _write(reply, part, "ab" if resumed else "wb", artifact, on_bytes)
    except httpx.TransportError as error:
        return str(error) or type(error).__name__
    return ""


async def _write(
    reply: httpx.Response,
    part: Path,
    mode: Literal["ab", "wb"],
    artifact: Artifact,
    on_bytes: OnBytes | None,
) -> None:
    file = await asyncio.to_thread(part.open, mode)
    try:
        async for chunk in reply.aiter_raw():  # what came is kept when it breaks
            await asyncio.to_thread(file.write, chunk)
            if on_bytes:
                on_bytes(file.tell())
    finally:
        await asyncio.to_thread(file.close)


def _is_same(target: Path, artifact: Artifact) -> bool:
    return (
        target.is_file()
        and target.stat().st_size == artifact.bytes
        and _sha256(target) == artifact.sha256
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _size(path: Path) -> int:
    return path.stat().st_size


def _prepare(part: Path, size: int) -> None:
    part.parent.mkdir(parents=True, exist_ok=True)
    part.touch()
    if part.stat().st_size > size:
        os.truncate(part, 0)


def _publish(part: Path, target: Path, sha256: str) -> bool:
    """Renames a whole file to its name; empties one that is not what it should be."""
    with part.open("rb+") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            file.truncate(0)
            return False
        os.fsync(file.fileno())
    part.replace(target)
    return True
