"""Files asked of a worker by their hash."""

from __future__ import annotations

from typing import Annotated

from pydantic import (
    Field,
)

from shared_protocol.wire import Sha256, View, Wire


class BlobQuery(Wire):
    """Body of ``POST /blobs/missing``."""

    sha256: Annotated[tuple[Sha256, ...], Field(max_length=10_000)]


class BundleRequest(Wire):
    """Body of ``POST /artifacts/bundle``: files that come one after another."""

    sha256: Annotated[tuple[Sha256, ...], Field(min_length=1, max_length=1000)]


class BlobReply(View):
    """Which of the asked blobs the worker does not have."""

    missing: tuple[Sha256, ...]
