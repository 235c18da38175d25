"""How much may still be written: the disk's free space, the quota, and the ballast."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from shared_protocol.errors import Code
from shared_protocol.kit.http_errors import ApiError

MIB = 1 << 20


@dataclass(frozen=True)
class Disk:
    """The data folder's share of its disk. All methods block for a moment."""

    folder: Path
    floor_bytes: int
    quota_bytes: int | None
    ballast_bytes: int

    def free_bytes(self) -> int:
        """What may still be written before the floor is reached; never below 0."""
        free = shutil.disk_usage(self.folder).free - self.floor_bytes
        if self.quota_bytes is not None:
            free = min(free, self.quota_bytes - self._used_bytes())
        return max(free, 0)

    def require(self, needed_bytes: int = 1) -> None:
        """Raises ApiError 507 unless ``needed_bytes`` may be written."""
        free = self.free_bytes()
        if free < needed_bytes:
            raise ApiError(
                Code.DISK_FULL,
                f"The worker's disk is full: {free // MIB} MiB may still be written "
                f"and {max(needed_bytes // MIB, 1)} MiB are needed; delete finished "
                "jobs or free some space, then try again.",
                headers={"Retry-After": "60"},
            )

    def hold_ballast(self) -> None:
        """Reserves a little space, to be given back when the disk is full."""
        if not self._ballast.exists() and self.free_bytes() > 2 * self.ballast_bytes:
            self._ballast.write_bytes(os.urandom(self.ballast_bytes))

    def drop_ballast(self) -> None:
        """Gives the reserve back, so that a full disk can still record what happened."""
        self._ballast.unlink(missing_ok=True)

    @property
    def _ballast(self) -> Path:
        return self.folder / "ballast"

    def _used_bytes(self) -> int:
        return sum(
            _size(Path(folder, name))
            for folder, _, names in os.walk(self.folder)
            for name in names
        )


def _size(file: Path) -> int:
    try:
        return file.lstat().st_size
    except FileNotFoundError:
        return 0  # a unit's folder was cleared meanwhile
