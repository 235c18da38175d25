"""What a unit leaves behind: files named by their hash, and how units refer to them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints

from shared_protocol.wire import Sha256, View, Wire, canonical_json

#: A name inside a job's downloads: no folders, nothing hidden, nothing to traverse.
ArtifactName = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=100)
]


def _plain_facts(facts: dict[str, Any]) -> dict[str, Any]:
    canonical_json(facts)  # NaN would make every reply that tells it no JSON
    return facts


class FileRef(Wire):
    """One file of a unit's result, by its content."""

    name: ArtifactName
    sha256: Sha256
    bytes: Annotated[int, Field(ge=0)]
    media_type: str


class UnitResult(Wire):
    """What is remembered under a unit's key: its files and small facts about them."""

    files: tuple[FileRef, ...]
    #: Facts that later units and readers use, such as ``duration_s`` or ``words``.
    facts: Annotated[dict[str, Any], AfterValidator(_plain_facts)] = Field(
        default_factory=dict
    )
    seconds: float = 0.0

    def file(self, name: str) -> FileRef:
        """The file called ``name``; KeyError when the unit made none."""
        for ref in self.files:
            if ref.name == name:
                return ref
        raise KeyError(name)


class MemoEntry(Wire):
    """A finished unit that a mirror offers to a worker: no need to do it again."""

    key: Sha256
    kind: str
    result: UnitResult


class Artifact(View):
    """A file that a job offers for download under ``/download/{job_id}/{name}``."""

    name: ArtifactName
    role: str
    scene: int | None = None
    media_type: str
    bytes: int
    sha256: Sha256
