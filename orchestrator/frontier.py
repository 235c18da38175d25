"""Which mirrored files a worker still needs: results that an unfinished unit reads."""

from __future__ import annotations

from collections.abc import Iterable

from shared_protocol.artifacts import MemoEntry
from shared_protocol.jobs import UnitView


def needed_blobs(units: Iterable[UnitView], memo: Iterable[MemoEntry]) -> set[str]:
    """Hashes of files of finished units that some unfinished unit will read.

    A unit is finished when ``memo`` has its key: the worker is told its result and never
    opens its files, unless a later unit has yet to be made from them.
    """
    finished = {entry.key: entry for entry in memo}
    by_id = {unit.id: unit for unit in units}
    needed: set[str] = set()
    for unit in by_id.values():
        if unit.key in finished:
            continue
        for source in (by_id[name] for name in unit.needs if name in by_id):
            entry = finished.get(source.key or "")
            if entry is not None:
                needed.update(file.sha256 for file in entry.result.files)
    return needed
