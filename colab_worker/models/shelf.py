"""The shelf: the folder of models, and the engines that what stands there makes."""

from __future__ import annotations

import importlib.util
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from platformdirs import user_cache_path

from colab_worker.engines.entry import EngineEntry
from colab_worker.models.adapters import read_likenesses
from colab_worker.models.aligners import aligner_mark
from colab_worker.models.folder import (
    SLASH,
    ModelFolder,
    NotAModel,
    fingerprint,
    model_files,
    read_model,
)
from colab_worker.models.inventory import take_inventory
from colab_worker.models.loras import LoraFile, read_loras
from colab_worker.models.presets import (
    BY_FAMILY,
    BY_NAME,
    IP_ADAPTER,
    PRESETS,
    VITS,
    WHISPER,
    XTTS,
    HubVoicePreset,
    Preset,
    VoicePreset,
    how_to_get,
)
from colab_worker.models.speakers import voices_of
from colab_worker.models.weights import SHRINKS, WHOLE, fitting_bits
from shared_protocol.models import ModelInfo
from shared_protocol.references import Likeness

#: Names the folder of models, in place of the user's cache.
FOLDER_VARIABLE = "MOONREEL_MODELS"
#: The folder of LoRAs on the shelf.
LORAS = "loras"
ENGINE = "colab_worker.engines.diffusion.engine:DiffusionEngine"
VITS_ENGINE = "colab_worker.engines.coqui.engine:VitsEngine"
XTTS_ENGINE = "colab_worker.engines.coqui.engine:XttsEngine"
#: Languages of XTTS that need a package of their own to be read.
_READERS = {"zh": "pypinyin", "ja": "cutlet"}
PACKAGES = ("torch", "diffusers", "transformers", "accelerate", "peft")
#: Keeps weights in 4 bits; it needs CUDA.
FOUR_BITS_PACKAGE = "bitsandbytes"
#: Raise it when the code of the engine draws another picture from the same request.
ENGINE_VERSION = "2"
#: The same for voices.
VOICE_VERSION = "2"
#: A step of a large model takes seconds; killing it would throw the loaded model away.
PATIENCE_S = 20.0


def models_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Where models stand; the folder need not exist."""
    named = environ.get(FOLDER_VARIABLE)
    return Path(named).expanduser() if named else user_cache_path("moonreel") / "models"


class Shelf:
    """The models in one folder; looking at it blocks for a moment."""

    def __init__(
        self, folder: Path, *, has_gpu: bool, gpu_bytes: int | None = None
    ) -> None:
        self.folder = folder
        self._has_gpu = has_gpu
        #: All of the GPU's memory; from it follows how weights are kept.
        self._gpu_bytes = gpu_bytes
        #: What was read of each folder, until its index changes.
        self._known: dict[Path, tuple[int, ModelFolder | NotAModel]] = {}

    def entries(self) -> tuple[EngineEntry, ...]:
        """An engine for every preset and for every other model that stands here."""
        return (
            *map(self._of_preset, PRESETS),
            *self._others(),
            self._vits(),
            self._xtts(),
        )

    def loras(self) -> dict[str, LoraFile]:
        """The LoRAs that stand here, by name."""
        return read_loras(self.folder / LORAS)

    def inventory(self) -> tuple[ModelInfo, ...]:
        """What is here and what could be, for people to read."""
        return take_inventory(self.folder, self.entries(), self.loras())

    def home_of(self, model: ModelInfo) -> Path:
        """The folder of a model that is here, or a LoRA's file."""
        if model.kind == "lora":
            return self.folder / LORAS / f"{model.name}.safetensors"
        preset = BY_NAME.get(model.name)
        home = preset.home if preset else model.name.replace("/", SLASH)
        return self.folder / home

    def read(self, name: str) -> ModelFolder:
        """The model in the folder ``name``; raises NotAModel."""
        path = self.folder / name
        index = path / "model_index.json"
        stamp = index.stat().st_mtime_ns if index.is_file() else 0
        if self._known.get(path, (None,))[0] != stamp:
            self._known[path] = (stamp, _tried(path))
        found = self._known[path][1]
        if isinstance(found, NotAModel):
            raise found
        return found

    def _of_preset(self, preset: Preset) -> EngineEntry:
        home = BY_NAME[preset.base].home if preset.base else preset.home
        lora = self.folder / preset.home / preset.lora if preset.lora else None
        try:
            if lora is not None and not lora.is_file():
                raise NotAModel(f"{lora.name} is not here")
            return self._entry(preset.name, self.read(home), preset, lora)
        except NotAModel:
            absent = EngineEntry(preset.name, "image", ENGINE, version="absent")
            return replace(
                absent,
                preference=-1,
                drawing=preset.drawing,
                unavailable=how_to_get(preset),
            )

    def _others(self) -> Iterator[EngineEntry]:
        taken = {preset.home for preset in PRESETS}
        if not self.folder.is_dir():
            return
        for path in sorted(self.folder.iterdir()):
            if path.name not in taken and (path / "model_index.json").is_file():
                yield self._of_folder(path.name)

    def _of_folder(self, name: str) -> EngineEntry:
        shown = name.replace(SLASH, "/")
        try:
            return self._entry(shown, self.read(name), None, None)
        except NotAModel as problem:
            broken = EngineEntry(shown, "image", ENGINE, version="broken")
            return replace(broken, preference=-1, unavailable=str(problem))

    def _entry(
        self, name: str, model: ModelFolder, preset: Preset | None, lora: Path | None
    ) -> EngineEntry:
        drawing = preset.drawing if preset else BY_FAMILY[model.family]
        if not model.has_guidance:
            drawing = replace(drawing, guidance=None)
        bits = self._bits(model)
        about = {
            "model": str(model.path),
            "family": model.family,
            "bits": bits,
            "lora": str(lora) if lora else None,
            "loras": str(self.folder / LORAS),
            "adapters": str(self.folder / IP_ADAPTER.name),
        }
        added = fingerprint(lora.parent, [lora]) if lora else ""
        # Fewer bits draw another picture, so they are part of every key.
        kept = f"{bits}bits" if bits != WHOLE else ""
        parts = [ENGINE_VERSION, model.fingerprint, added, kept]
        return EngineEntry(
            name,
            "image",
            ENGINE,
            version="/".join(filter(None, parts)),
            argument=json.dumps(about),
            drawing=replace(
                drawing,
                side=model.side,
                family=model.family,
                redraws=True,
                shows=True,
                compiles=True,
                batches=True,
                likenesses=self._likenesses(model),
            ),
            preference=self._preference(preset),
            patience_s=PATIENCE_S,
            unavailable=_missing_packages(*PACKAGES, extra="image"),
        )

    def _bits(self, model: ModelFolder) -> int:
        if model.family not in SHRINKS or self._gpu_bytes is None:
            return WHOLE
        four = importlib.util.find_spec(FOUR_BITS_PACKAGE) is not None
        return fitting_bits(model.numbers, model.family, self._gpu_bytes, four=four)

    def _likenesses(self, model: ModelFolder) -> dict[Likeness, str]:
        if model.family != "sdxl":
            return {}
        return read_likenesses(self.folder / IP_ADAPTER.name)

    def _vits(self) -> EngineEntry:
        """The voice of many speakers; quick enough without a GPU."""
        return self._voice(
            EngineEntry(
                VITS.name,
                "voice",
                VITS_ENGINE,
                version="absent",
                languages=VITS.languages,
                voices=voices_of(self.folder / VITS.name),
                preference=1,
            ),
            VITS,
            (".pth",),
            aligned=False,
        )

    def _xtts(self) -> EngineEntry:
        """The voice of a sample; taken when one is given, or by name."""
        lacking = {code for code, name in _READERS.items() if _is_missing(name)}
        return self._voice(
            EngineEntry(
                XTTS.name,
                "voice",
                XTTS_ENGINE,
                version="absent",
                languages=tuple(c for c in XTTS.languages if c not in lacking),
                preference=-1,
                clones=True,
            ),
            XTTS,
            ("model.pth", "config.json", "vocab.json"),
            aligned=True,
        )

    def _voice(
        self,
        entry: EngineEntry,
        preset: VoicePreset | HubVoicePreset,
        needed: tuple[str, ...],
        *,
        aligned: bool,
    ) -> EngineEntry:
        """The engine, if a file of every ending in ``needed`` stands in its folder.

        One that is ``aligned`` speaks otherwise with an aligner: its words' times differ.
        """
        folder = self.folder / preset.name
        aligner = self.folder / WHISPER.name
        found = aligner_mark(aligner) if aligned else None
        if _is_missing("faster_whisper"):
            found = None
        about = {"model": str(folder), "aligner": str(aligner) if found else None}
        entry = replace(
            entry,
            argument=json.dumps(about),
            lane="voice",
            patience_s=PATIENCE_S,
            unavailable=_missing_packages("torch", "TTS", extra="coqui"),
        )
        files = list(model_files(folder)) if folder.is_dir() else []
        if not all(any(f.name.endswith(end) for f in files) for end in needed):
            return replace(entry, preference=-1, unavailable=how_to_get(preset))
        marks = (VOICE_VERSION, fingerprint(folder, files), found)
        return replace(entry, version="/".join(filter(None, marks)))

    def _preference(self, preset: Preset | None) -> int:
        """Without a GPU a picture takes many minutes: then only by name."""
        if not self._has_gpu:
            return -1
        return preset.preference if preset else 1


def _tried(path: Path) -> ModelFolder | NotAModel:
    try:
        return read_model(path)
    except NotAModel as problem:
        return problem


def _is_missing(package: str) -> bool:
    return importlib.util.find_spec(package) is None


def _missing_packages(*names: str, extra: str) -> str | None:
    missing = [name for name in names if _is_missing(name)]
    if not missing:
        return None
    return f"{', '.join(missing)} is not installed; pip install 'moonreel[{extra}]'"
