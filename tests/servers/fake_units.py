"""The units of a film as the fake worker has them: their keys, bytes and views."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from shared_protocol.artifacts import Artifact, FileRef, UnitResult
from shared_protocol.clock import utc_now
from shared_protocol.errors import ErrorBody
from shared_protocol.jobs import JobState, UnitState, UnitView
from shared_protocol.specs import FilmSpec
from shared_protocol.wire import content_key

_MEDIA = {
    "image": ("picture.png", "image/png"),
    "voice": ("voice.wav", "audio/wav"),
    "clip": ("clip.mp4", "video/mp4"),
    "film": ("film.mp4", "video/mp4"),
}


@dataclass
class FakeUnit:
    """One unit: its result is known from the start, done or not."""

    id: str
    kind: str
    scene: int | None
    needs: tuple[str, ...]
    key: str
    data: bytes
    done: bool = False
    reused: bool = False

    @property
    def sha256(self) -> str:
        """The hash of its one file."""
        return hashlib.sha256(self.data).hexdigest()

    def result(self) -> UnitResult:
        """What is remembered of it."""
        name, media_type = _MEDIA[self.kind]
        size = len(self.data)
        file = FileRef(name=name, sha256=self.sha256, bytes=size, media_type=media_type)
        return UnitResult(files=(file,))


@dataclass
class FakeJob:
    """A job and its units."""

    id: str
    spec: FilmSpec
    attempt: int
    units: dict[str, FakeUnit]
    state: JobState = JobState.RUNNING
    version: int = 1
    error: ErrorBody | None = None
    created_at: str = field(default_factory=utc_now)


def plan(spec: FilmSpec) -> dict[str, FakeUnit]:
    """The units of a film, inputs first."""
    units: dict[str, FakeUnit] = {}

    def add(kind: str, scene: int | None, needs: tuple[str, ...], what: object) -> str:
        key = content_key([kind, what, [units[name].key for name in needs]])
        name = f"{kind}-{scene:03}" if scene else kind
        # long enough to be cut in the middle
        units[name] = FakeUnit(
            name, kind, scene, needs, key, f"{kind} {key} ".encode() * 400
        )
        return name

    clips = []
    for number, scene in enumerate(spec.scenes, start=1):
        image = add("image", number, (), [scene.image_prompt, spec.seed])
        voice = add(
            "voice", number, (), [scene.narration, scene.voice or spec.voice_id]
        )
        clips.append(add("clip", number, (image, voice), []))
    add("film", None, tuple(clips), [])
    return units


def unit_view(unit: FakeUnit) -> UnitView:
    """A unit as it is told."""
    return UnitView(
        id=unit.id,
        kind=unit.kind,
        scene=unit.scene,
        needs=unit.needs,
        state=UnitState.DONE if unit.done else UnitState.PENDING,
        reused=unit.reused,
        key=unit.key,
        result=unit.result() if unit.done else None,
    )


def artifact_of(unit: FakeUnit) -> Artifact:
    """The file of a unit that is done."""
    name, media_type = _MEDIA[unit.kind]
    return Artifact(
        name=f"scene-{unit.scene:03}-{name}" if unit.scene else name,
        role=unit.kind,
        scene=unit.scene,
        media_type=media_type,
        bytes=len(unit.data),
        sha256=unit.sha256,
    )
