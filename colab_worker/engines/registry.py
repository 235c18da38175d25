"""Which engines exist here: the built-in ones, the models on the shelf, and plug-ins."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from colab_worker.engines.entry import Drawing, EngineEntry
from colab_worker.engines.hosted.pricing import usual_price_usd
from colab_worker.models.loras import LoraFile
from shared_protocol.dials import Dials
from shared_protocol.errors import Code
from shared_protocol.fallback import FALLBACK, Fallback
from shared_protocol.models import ModelInfo, ModelKind
from shared_protocol.workers import EngineInfo

__all__ = ["BUILT_IN", "PLUGINS_VARIABLE", "EngineEntry", "PlanRefused", "Registry"]

#: JSON list of further engines, each with the fields of ``EngineEntry`` (``drawing``: an
#: object with those of ``Drawing``).
PLUGINS_VARIABLE = "MOONREEL_ENGINES"

BUILT_IN = (
    EngineEntry(
        "papercut",
        "image",
        "colab_worker.engines.papercut:PapercutEngine",
        version="4",
        draft=True,
    ),
    EngineEntry(
        "espeak",
        "voice",
        "colab_worker.engines.espeak:EspeakEngine",
        # With what reads kanji, it says them.
        version="5-kanji" if find_spec("janome") else "5",
        draft=True,
    ),
    EngineEntry(
        "ffmpeg", "video", "colab_worker.film.compositor:Compositor", version="1"
    ),
)


#: Licences of the engines that come along.
_LICENCES = {"papercut": "MIT", "espeak": "GPL-3.0-or-later"}
_LISTED: Mapping[str, ModelKind] = {"image": "image", "voice": "voice"}


class Look(Protocol):
    """Looks at the models on the disk; blocks for a moment."""

    def entries(self) -> tuple[EngineEntry, ...]:
        """The engines that the models make."""

    def loras(self) -> dict[str, LoraFile]:
        """The LoRAs by name."""

    def inventory(self) -> tuple[ModelInfo, ...]:
        """What is there and what could be."""

    def home_of(self, model: ModelInfo) -> Path:
        """The folder of a model in it, or a LoRA's file."""


class _Bare:
    """A machine without models."""

    def entries(self) -> tuple[EngineEntry, ...]:
        return ()

    def loras(self) -> dict[str, LoraFile]:
        return {}

    def inventory(self) -> tuple[ModelInfo, ...]:
        return ()

    def home_of(self, model: ModelInfo) -> Path:
        raise KeyError(model.name)


class PlanRefused(KeyError):
    """A film that cannot be planned here: one sentence, which begins with the field."""

    def __init__(self, sentence: str, code: Code = Code.ENGINE_UNKNOWN) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code

    @property
    def param(self) -> str:
        """The field at fault."""
        return self.sentence.partition(":")[0]


class Registry:
    """The engines of this worker.

    Of two entries with the same kind and name the later one counts: built-in engines,
    then models, then plug-ins.
    """

    def __init__(
        self,
        entries: tuple[EngineEntry, ...],
        *,
        look: Look | None = None,
        plugins: tuple[EngineEntry, ...] = (),
        fallback: tuple[Fallback, ...] = FALLBACK,
    ) -> None:
        self._built_in, self._look, self._plugins = entries, look or _Bare(), plugins
        self._fallback = fallback
        self._entries: dict[tuple[str, str], EngineEntry] = {}
        #: LoRAs that pictures may ask for, by name.
        self.loras: Mapping[str, LoraFile] = {}
        self.refresh()

    @classmethod
    def from_environment(
        cls,
        environ: Mapping[str, str] = os.environ,
        *,
        look: Look | None = None,
        services: tuple[EngineEntry, ...] = (),
        fallback: tuple[Fallback, ...] = FALLBACK,
    ) -> Registry:
        """The built-in engines, services, models, and those of ``MOONREEL_ENGINES``."""
        found = json.loads(environ.get(PLUGINS_VARIABLE, "[]"))
        plugins = tuple(map(_plugin, found))
        return cls(
            (*BUILT_IN, *services), look=look, plugins=plugins, fallback=fallback
        )

    def refresh(self) -> None:
        """Looks at the shelf again: models may have come or gone."""
        entries = (*self._built_in, *self._look.entries(), *self._plugins)
        self.loras = self._look.loras()
        self._entries = {(entry.kind, entry.name): entry for entry in entries}

    def models(self) -> tuple[ModelInfo, ...]:
        """The shelf and the engines that need none; blocks for a moment."""
        shelf = self._look.inventory()
        told = {(model.kind, model.name) for model in shelf}
        return (*shelf, *_without_files(self._entries.values(), told))

    def home_of(self, model: ModelInfo) -> Path:
        """Where a model of the shelf stands: its folder, or a LoRA's file."""
        return self._look.home_of(model)

    def get(self, kind: str, name: str, language: str = "en") -> EngineEntry:
        """The engine called ``name``; ``auto`` is the best that can be used.

        A voice must speak ``language``; pictures know none.

        Raises PlanRefused, which names what there is or why this one cannot be used.
        """
        if name == "auto":
            return self._best(kind, language)
        entry = self._entries.get((kind, name))
        if entry is None:
            names = ", ".join(entry.name for entry in self.of_kind(kind))
            raise PlanRefused(
                f"engine.{kind}: {name!r} is not an engine of this worker; "
                f"choose auto or one of: {names}"
            )
        if entry.unavailable is not None:
            raise PlanRefused(
                f"engine.{kind}: {name} cannot be used: {entry.unavailable}"
            )
        if not entry.speaks(language):
            raise PlanRefused(
                f"language: {name} speaks {', '.join(entry.languages or ())} and not "
                f"{language}; choose another voice engine",
                Code.INVALID_FIELD,
            )
        return entry

    def best_likeness(self) -> EngineEntry | None:
        """The best picture engine for ``auto`` that can keep a likeness, if any."""
        able = [
            entry
            for entry in self.of_kind("image")
            if self.is_automatic(entry) and entry.likenesses
        ]
        return max(able, key=self._rank, default=None)

    def of_kind(self, kind: str) -> list[EngineEntry]:
        """All engines that make ``kind``."""
        return [entry for entry in self._entries.values() if entry.kind == kind]

    def describe(self) -> tuple[EngineInfo, ...]:
        """The engines as ``/capabilities`` shows them."""
        return tuple(
            EngineInfo(
                name=entry.name,
                kind=entry.kind,
                draft=entry.draft,
                unavailable=entry.unavailable,
                automatic=self.is_automatic(entry),
                service=entry.service.label if entry.service else None,
                price_usd=usual_price_usd(entry),
                likenesses=tuple(entry.likenesses),
                redraws=entry.drawing is not None and entry.drawing.redraws,
                shows=entry.drawing is not None and entry.drawing.shows,
                clones=entry.clones,
                voices=entry.voices,
                dials=self._dials(entry),
            )
            for entry in self._entries.values()
        )

    def _dials(self, entry: EngineEntry) -> Dials | None:
        drawing = entry.drawing
        if drawing is None:
            return None
        return Dials(
            least_steps=drawing.least_steps,
            most_steps=drawing.most_steps,
            steps=dict(drawing.steps) or None,
            guidance=drawing.guidance,
            most_guidance=drawing.most_guidance,
            schedulers=drawing.schedulers,
            negative=drawing.negative,
            loras=tuple(
                name
                for name, file in self.loras.items()
                if file.family == drawing.family
            ),
        )

    def _best(self, kind: str, language: str) -> EngineEntry:
        usable = [
            entry
            for entry in self.of_kind(kind)
            if self.is_automatic(entry) and entry.speaks(language)
        ]
        if not usable:
            raise PlanRefused(
                f"engine.{kind}: nothing here may be taken by itself, as the order of "
                f"fallbacks is {', '.join(self._fallback)}; name an engine"
            )
        return max(usable, key=self._rank)

    def is_automatic(self, entry: EngineEntry) -> bool:
        """Whether ``auto`` may take it."""
        allowed = entry.kind == "video" or fallback_of(entry) in self._fallback
        return entry.unavailable is None and entry.preference >= 0 and allowed

    def _rank(self, entry: EngineEntry) -> tuple[int, int]:
        if entry.kind == "video":
            return 0, entry.preference
        return -self._fallback.index(fallback_of(entry)), entry.preference


def _plugin(fields: dict[str, Any]) -> EngineEntry:
    drawing = fields.get("drawing")
    made = {"drawing": Drawing(**drawing)} if drawing else {}
    return EngineEntry(**(fields | made))


def _without_files(
    entries: Iterable[EngineEntry], told: set[tuple[ModelKind, str]]
) -> Iterator[ModelInfo]:
    """What draws and speaks on this machine by its program alone."""
    for entry in entries:
        kind = _LISTED.get(entry.kind)
        if kind is None or entry.service is not None or (kind, entry.name) in told:
            continue
        yield ModelInfo(
            name=entry.name,
            kind=kind,
            licence=_LICENCES.get(entry.name),
            bytes=0,
            here=True,
            version=entry.version,
            unavailable=entry.unavailable,
            built_in=True,
        )


def fallback_of(entry: EngineEntry) -> Fallback:
    """The word of the order that an engine belongs to."""
    if entry.service is not None:
        return "hosted"
    return "local" if entry.preference > 0 and not entry.draft else "draft"
