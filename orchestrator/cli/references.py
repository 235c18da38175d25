"""The reference pictures of ``make``: those in a saved project."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator

from orchestrator.cli.exits import UsageError
from shared_protocol.api import GenerateRequest
from shared_protocol.project import REFERENCE_FOLDER
from shared_protocol.references import MAX_REFERENCE_BYTES, given_files


def references_of_project(name: str, request: GenerateRequest) -> Iterator[bytes]:
    """The pictures that its scenes name, each once; UsageError when one is lacking."""
    wanted = sorted(set(given_files(None, request.scenes).values()))
    if not wanted:
        return
    with zipfile.ZipFile(name) as archive:
        for sha256 in wanted:
            try:
                with archive.open(f"{REFERENCE_FOLDER}/{sha256}") as member:
                    yield member.read(MAX_REFERENCE_BYTES)
            except KeyError as error:
                raise UsageError(
                    f"{name} lacks the reference picture {sha256[:12]}…, though its film "
                    "has it; save the project anew"
                ) from error
