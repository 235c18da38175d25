"""The memo: what finished units made, by content key, and whether their files are here."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from colab_worker.archive import Archive
from colab_worker.store.jobs import Store
from shared_protocol.artifacts import UnitResult
from shared_protocol.kit.blobs import BlobStore


class Memo:
    """Look before work: ``recall``; after work the store commits unit and memo at once."""

    def __init__(
        self, store: Store, blobs: BlobStore, archive: Archive | None = None
    ) -> None:
        self._store = store
        self._blobs = blobs
        self._archive = archive

    async def recall(self, key: str) -> tuple[UnitResult, bool] | None:
        """The result under ``key`` and whether all of its files are on this machine."""
        result = await self._store.memo.recall(key)
        if result is not None and await self.present(result):
            return result, True
        brought = await self._bring(key)
        if brought is not None:
            return brought, True
        return None if result is None else (result, False)

    async def _bring(self, key: str) -> UnitResult | None:
        """The result from the memo folder, with its files; None if it is not there."""
        if self._archive is None:
            return None
        entry = await asyncio.to_thread(self._archive.bring, key)
        if entry is None:
            return None
        await self._store.memo.remember([entry])
        return entry.result

    async def present(self, result: UnitResult) -> bool:
        """Whether all files of ``result`` are on this machine."""
        hashes = [file.sha256 for file in result.files]
        return not await self.missing(hashes)

    async def missing(self, hashes: Iterable[str]) -> list[str]:
        """Those of ``hashes`` that are not on this machine."""
        asked = list(hashes)
        return await asyncio.to_thread(
            lambda: [sha256 for sha256 in asked if not self._blobs.has(sha256)]
        )
