"""What an engine is: one small adapter per model, typed request in, files and facts out.

Engines live in a child process of the worker (``engine_child``). They may be slow, leak
or crash there; the HTTP side never imports them. An adapter reads nothing but its
request, and the same request gives the same bytes in a fresh process.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

#: Called with (fraction 0-1, a few words); raises ``Stopped`` once the unit is canceled.
Tick = Callable[[float, str], None]


class EngineError(Exception):
    """An engine could not do what was asked; retrying may help.

    ├── BadInput         the request itself cannot work; retrying does not help
    ├── ServiceFailed    a paid service said no; only a person may ask it again
    ├── Unusable         this process can do nothing any more
    └── Stopped          canceled between two steps
    """

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class BadInput(EngineError):
    """The request cannot work with this engine, however often it is tried."""


class ServiceFailed(EngineError):
    """A paid service said no, or for too long nothing; nobody asks it again by himself."""


class Unusable(EngineError):
    """The process itself is spoilt; it must end, and a fresh one may succeed."""


class Stopped(EngineError):
    """The unit was canceled; what was begun is thrown away."""


@dataclass(frozen=True)
class LoraUse:
    """A LoRA of the worker's shelf or at an address, and how strongly it works."""

    name: str
    weight: float
    fingerprint: str


@dataclass(frozen=True)
class ReferenceUse:
    """A picture of a character, in a file that is named by its hash."""

    path: Path
    #: None: the one character without a name.
    name: str | None
    weight: float


@dataclass(frozen=True)
class ImageRequest:
    """One picture: ``width`` x ``height`` pixels, deterministic by ``seed``."""

    prompt: str
    negative_prompt: str
    style: str
    seed: int
    width: int
    height: int
    #: Dials of a picture model; engines without them are never given any.
    steps: int | None = None
    guidance: float | None = None
    scheduler: str | None = None
    #: How much care a service takes, in its own word.
    level: str | None = None
    loras: tuple[LoraUse, ...] = ()
    #: Whose likeness is kept, of what kind, and how closely.
    references: tuple[ReferenceUse, ...] = ()
    likeness: str | None = None
    ip_adapter_scale: float | None = None
    #: A picture to begin with in place of noise, and how much of it is noise again.
    redraw: Path | None = None
    strength: float | None = None
    #: Whether the network is compiled first: slow to begin, then quicker.
    compiled: bool = False


class ImageEngine(Protocol):
    """Draws pictures."""

    def load(self) -> None:
        """Gets the model ready; called once before the first ``draw``."""

    def draw(
        self, request: ImageRequest, out: Path, tick: Tick
    ) -> Mapping[str, Any] | None:
        """Writes an RGB PNG of exactly the requested size to ``out``.

        May answer with small facts; ``warnings`` among them reach the user.
        """

    def unload(self) -> None:
        """Gives the memory back."""


#: Called with a small picture in WebP of what is being drawn.
Show = Callable[[bytes], None]


@runtime_checkable
class ShowsItsWork(Protocol):
    """An image engine that can be watched while it draws."""

    def show_to(self, show: Show | None) -> None:
        """Whom the next pictures are shown to; None: nobody."""


@dataclass(frozen=True)
class Piece:
    """One of several pictures that are drawn in one call."""

    request: ImageRequest
    out: Path
    tick: Tick
    #: Called with the picture's facts as soon as its file is written.
    made: Callable[[Mapping[str, Any]], None]
    show: Show | None = None


@runtime_checkable
class DrawsTogether(Protocol):
    """An image engine that draws several pictures of one size and kind in one call."""

    def draw_together(self, pieces: Sequence[Piece]) -> None:
        """Draws all; where memory does not suffice, half as many at a time.

        Requests differ in words and seed only. What failed is not ``made``.
        """

    def room(self) -> tuple[int, int | None]:
        """How many like the last picture fit by what memory is left, and by experience."""


@dataclass(frozen=True)
class VoiceRequest:
    """Words to speak; pauses are silence of that many seconds."""

    text: str
    voice_id: str
    speed: float
    language: str
    sentence_pause_s: float
    paragraph_pause_s: float
    #: Silence after the last word, part of the scene.
    tail_s: float
    #: A sample of the voice to speak with, in a file that is named by its hash.
    sample: Path | None = None


@dataclass(frozen=True)
class Word:
    """One token of the text with the time of its sound, in seconds.

    Tokens are what whitespace separates; where a script writes none after a sentence,
    the sentences.
    """

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Speech:
    """What was spoken: the tokens of the text in order, and the length of the sound."""

    duration_s: float
    sample_rate: int
    words: tuple[Word, ...]
    #: Index of the first word of every sentence.
    sentences: tuple[int, ...]
    #: What the user should know of it.
    warnings: tuple[str, ...] = ()
    #: Where the model was: ``cpu`` or ``cuda``; None for engines without one.
    device: str | None = None


class VoiceEngine(Protocol):
    """Speaks text."""

    def load(self) -> None:
        """Gets the voice ready; called once before the first ``speak``."""

    def speak(self, request: VoiceRequest, out: Path, tick: Tick) -> Speech:
        """Writes mono 16-bit PCM WAV to ``out``, pauses and tail included."""

    def unload(self) -> None:
        """Gives the memory back."""


class VideoEngine(Protocol):
    """Turns pictures and narration into clips, and clips into the film."""

    def load(self) -> None:
        """Gets ready; called once before the first clip."""

    def clip(self, call: UnitCall, tick: Tick) -> UnitOutput:
        """One scene: ``picture`` and ``words`` to ``clip.mp4``."""

    def sound(self, call: UnitCall, tick: Tick) -> UnitOutput:
        """All scenes: ``voices/…``, ``words/…`` and ``music`` to ``sound.m4a``."""

    def film(self, call: UnitCall, tick: Tick) -> UnitOutput:
        """All scenes: ``clips/…``, ``words/…`` and ``sound`` to ``film.mp4``."""

    def unload(self) -> None:
        """Gives the memory back."""


@dataclass(frozen=True)
class UnitFile:
    """A file that a unit wrote into its folder."""

    name: str
    media_type: str


@dataclass(frozen=True)
class UnitOutput:
    """What a stage hands back: names of files in ``out_dir``, and small facts."""

    files: tuple[UnitFile, ...]
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class UnitCall:
    """One unit to do, as the child receives it.

    ``inputs`` maps a name of the plan (``picture``, ``clips/003``) to a file that must
    only be read; ``out_dir`` is an empty folder of this attempt alone.
    """

    kind: str
    engine: str
    params: dict[str, Any]
    inputs: dict[str, Path]
    out_dir: Path
    #: Takes what may be seen before the unit is done; None: nobody watches.
    show: Show | None = None
