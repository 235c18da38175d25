"""Reference pictures, whose likeness scenes keep: told from their first bytes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal, Protocol

from pydantic import Field

from shared_protocol.music import Music
from shared_protocol.wire import Sha256, Text, View, Wire

#: More than any camera's picture as JPEG.
MAX_REFERENCE_BYTES = 20 << 20
#: Of one scene, and of all pictures of one character in it.
MAX_REFERENCES = 8

#: Of somebody's voice; enough to speak with it, and no more than is listened to.
SHORTEST_SAMPLE_S, LONGEST_SAMPLE_S = 6.0, 30.0
#: Half a minute of stereo at 48 kHz in 24 bits.
MAX_SAMPLE_BYTES = 10 << 20

#: What of a reference is kept: its whole look, or the face alone.
Likeness = Literal["plus", "face"]


class Reference(Wire):
    """A picture of somebody or something that a scene shows again."""

    #: Of the file's bytes: png, jpeg or webp.
    sha256: Sha256
    #: Who it is. Pictures of one name are one character; those without, one more.
    name: Annotated[Text, Field(min_length=1, max_length=80)] | None = None
    #: How much it counts among the film's ``ip_adapter_scale``.
    weight: Annotated[float, Field(ge=0, le=1)] = 1.0


References = Annotated[tuple[Reference, ...], Field(max_length=MAX_REFERENCES)]


class Redraw(Wire):
    """A scene's picture drawn again from one that there is, with some noise on it."""

    #: Of the file's bytes: png, jpeg or webp.
    sha256: Sha256
    #: How much becomes otherwise; at 1 hardly anything is kept.
    strength: Annotated[float, Field(gt=0, le=1)]


class ReferenceStored(View):
    """Reply (201) of ``POST /api/references``; ``sha256`` is what a scene names."""

    sha256: Sha256
    bytes: int
    format: str


class SampleStored(View):
    """Reply (201) of ``POST /api/voice-samples``; ``sha256`` is what an order names."""

    sha256: Sha256
    bytes: int
    format: str


class Shown(Protocol):
    """A scene of any kind."""

    @property
    def references(self) -> tuple[Reference, ...]: ...
    @property
    def redraw(self) -> Redraw | None: ...


def picture_format(head: bytes) -> str | None:
    """``png``, ``jpeg`` or ``webp`` by the first 12 bytes; else None."""
    if head[:8] == b"\x89PNG\r\n\x1a\n":
        return "png"
    if head[:3] == b"\xff\xd8\xff":
        return "jpeg"
    return "webp" if head[:4] == b"RIFF" and head[8:12] == b"WEBP" else None


class Described(Protocol):
    """A character."""

    @property
    def name(self) -> str: ...
    @property
    def reference(self) -> str | None: ...


def character_files(characters: Iterable[Described]) -> dict[str, str]:
    """The hash of every character's picture, by the field that names it."""
    return {
        f"characters.{place}.reference": character.reference
        for place, character in enumerate(characters)
        if character.reference is not None
    }


def given_files(
    music: Music | None, scenes: Iterable[Shown], voice_sample: str | None = None
) -> dict[str, str]:
    """The hash of every file that comes with a film, by the field that names it."""
    found = {"music": music.sha256} if music else {}
    if voice_sample is not None:
        found["voice_sample"] = voice_sample
    for place, scene in enumerate(scenes):
        for number, reference in enumerate(scene.references):
            found[f"scenes.{place}.references.{number}"] = reference.sha256
        if scene.redraw is not None:
            found[f"scenes.{place}.redraw"] = scene.redraw.sha256
    return found
