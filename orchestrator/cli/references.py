"""The reference pictures of ``make``: files of the user's, or those in a saved project."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from orchestrator.cli.exits import UsageError
from orchestrator.cli.given_files import GivenKind
from shared_protocol.orders import GenerateRequest
from shared_protocol.project import REFERENCE_FOLDER
from shared_protocol.references import (
    MAX_REFERENCE_BYTES,
    given_files,
    picture_format,
)

_PICTURE = GivenKind(
    flag="--reference",
    most_bytes=MAX_REFERENCE_BYTES,
    smaller="a thousand pixels across are enough",
    formats="png, jpeg or webp",
    format_of=picture_format,
)


def with_references(
    cast: list[dict[str, str]], entries: Iterable[str]
) -> list[dict[str, str]]:
    """The characters, each with the hash of its picture; UsageError for a stranger."""
    found = {entry: _split(entry) for entry in entries}
    names = {person["name"].casefold() for person in cast}
    for entry, (name, _) in found.items():
        if name.casefold() not in names:
            raise UsageError(
                f"--reference {entry!r}: {name} is no --character; describe {name} with "
                f'--character "{name}: DESCRIPTION"'
            )
    hashes = {
        name.casefold(): hashlib.sha256(_PICTURE.read(path)).hexdigest()
        for name, path in found.values()
    }
    if len(hashes) < len(found):
        raise UsageError("--reference takes one picture for each character")
    return [
        person | {"reference": hashes[key]}
        if (key := person["name"].casefold()) in hashes
        else person
        for person in cast
    ]


def references_of_files(entries: Iterable[str]) -> Iterator[bytes]:
    """The pictures themselves."""
    for entry in entries:
        yield _PICTURE.read(_split(entry)[1])


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


def _split(entry: str) -> tuple[str, Path]:
    name, equals, path = (part.strip() for part in entry.partition("="))
    if not equals or not name or not path:
        raise UsageError(
            f"--reference {entry!r} is not NAME=FILE, as in --reference Mira=mira.png"
        )
    return name, Path(path)
