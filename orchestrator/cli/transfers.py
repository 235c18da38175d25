"""A bar for a download, on terminals only; gone when the file is there."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from orchestrator.cli.downloads import OnBytes


@contextmanager
def transfer_bar(name: str, total: int, *, quiet: bool) -> Iterator[OnBytes | None]:
    """What to call with the bytes that are here; None where nobody would see it."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TransferSpeedColumn,
    )

    columns = (
        TextColumn("fetching {task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(name, total=total)
        yield lambda have: progress.update(task, completed=have)
