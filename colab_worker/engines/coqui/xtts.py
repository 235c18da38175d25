"""XTTS v2: speaks a sentence with the voice of a sample, in one of its languages."""

from __future__ import annotations

import logging
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np

from colab_worker.engines.base import BadInput, EngineError, VoiceRequest
from colab_worker.engines.coqui.library import import_xtts
from colab_worker.engines.coqui.pieces import pieces
from colab_worker.engines.coqui.placing import moved, placed
from colab_worker.engines.coqui.speaking import Said
from colab_worker.engines.cuda import is_fatal, is_out_of_memory
from colab_worker.engines.espeak.child import Samples
from colab_worker.engines.espeak.stretch import stretched

#: What a damaged or a dangerous file makes the library raise.
_BAD_MODEL = (OSError, RuntimeError, ValueError, KeyError, UnpicklingError)
WEIGHTS, CONFIG, WORDS = "model.pth", "config.json", "vocab.json"
#: Weights in memory, over those on the disk: the decoder and its cache come on top.
_GROWTH = 1.4
_LONGEST_PIECE = 250
#: As the model calls what we call otherwise.
_OWN_NAMES = {"zh": "zh-cn", "cmn": "zh-cn"}
_ABOUT_VOICE = ("gpt_cond_len", "gpt_cond_chunk_len", "sound_norm_refs")
_ABOUT_SPEECH = (
    "temperature", "length_penalty", "repetition_penalty", "top_k", "top_p",
)  # fmt: skip

log = logging.getLogger(__name__)


class XttsModel:
    """A loaded model; the sample of the last voice stays encoded."""

    is_rough = False

    def __init__(self, folder: Path) -> None:
        for name in (WEIGHTS, CONFIG, WORDS):
            if not (folder / name).is_file():
                raise EngineError(
                    f"the voice model {folder.name} has no {name}",
                    f"put a whole copy of {folder.name} there",
                )
        module, configs = import_xtts()
        try:
            self._model = _loaded(folder, module, configs)
        except _BAD_MODEL as error:
            raise EngineError(
                f"the voice model {folder.name} cannot be loaded: "
                f"{str(error).splitlines()[0][:300]}",
                f"put a whole copy of {folder.name} there",
            ) from error
        self._config = self._model.config
        self.rate = int(self._config.model_args.output_sample_rate)
        needed = int((folder / WEIGHTS).stat().st_size * _GROWTH)
        self._model, self.device = placed(self._model, needed)
        self._voice: tuple[Path, tuple[Any, Any]] | None = None

    def say(self, text: str, request: VoiceRequest, seed: int) -> Said:
        """Speaks one sentence; its words' times are not known. BadInput without a sample."""
        import torch

        language = self._language(request.language)
        latents, embedding = self._encoded(request.sample)
        limit = self._model.tokenizer.char_limits.get(
            language.partition("-")[0], _LONGEST_PIECE
        )
        torch.manual_seed(seed)
        parts = [
            self._piece(piece, language, latents, embedding, request.speed)
            for piece in pieces(text, limit)
        ]
        return Said(np.concatenate(parts), [])

    def _piece(
        self, text: str, language: str, latents: Any, embedding: Any, speed: float
    ) -> Samples:
        """What is said at once. The model's speed leaves a part of a step over."""
        steps: list[int] = []
        hook = self._model.gpt.register_forward_hook(
            lambda *told: steps.append(told[-1].shape[1])
        )
        try:
            told = self._model.inference(
                text,
                language,
                latents,
                embedding,
                speed=speed,
                **{name: self._config[name] for name in _ABOUT_SPEECH},
            )
        finally:
            hook.remove()
        wave = np.asarray(told["wav"], np.float64).reshape(-1)
        samples = np.rint(wave * 32_767).clip(-32_768, 32_767).astype("<i2")
        if speed == 1.0:
            return samples
        return stretched(samples, steps[-1] / speed / told["gpt_latents"].shape[1])

    def slow_down(self) -> bool:
        """Leaves the GPU for the CPU."""
        if self.device == "cpu":
            return False
        self._voice = None
        self._model, self.device = moved(self._model, "cpu"), "cpu"
        return True

    def _language(self, asked: str) -> str:
        name = asked if asked in self._config.languages else asked.partition("-")[0]
        name = _OWN_NAMES.get(name, name)
        if name not in self._config.languages:
            raise BadInput(
                f"this voice model does not speak {asked}, but "
                f"{', '.join(self._config.languages)}",
                "choose another voice engine",
            )
        return name

    def _encoded(self, sample: Path | None) -> tuple[Any, Any]:
        """What the model hears in the sample; looked at once for many sentences."""
        if sample is None:
            raise BadInput("this voice model needs a sample", "give voice_sample")
        if self._voice is None or self._voice[0] != sample:
            options = {name: self._config[name] for name in _ABOUT_VOICE}
            options["max_ref_length"] = self._config.max_ref_len
            try:
                heard = self._model.get_conditioning_latents(sample, **options)
            except (OSError, RuntimeError) as error:
                if is_out_of_memory(error) or is_fatal(error):
                    raise
                raise BadInput(
                    f"the sample of the voice cannot be used: {error}",
                    "record it anew, as wav",
                ) from error
            self._voice = (sample, heard)
        return self._voice[1]


def _loaded(folder: Path, module: Any, configs: Any) -> Any:
    """The model on the CPU; its files are only read."""
    import torch

    class Untouched(module.Xtts):  # type: ignore[misc]
        """The library would write the weights anew, in another form, over the old ones."""

        def _load_checkpoint(self, model_path: Path) -> Any:
            with module._legacy_safe_globals():
                found = torch.load(model_path, map_location="cpu", weights_only=True)
            return found["model"]

    config = configs.XttsConfig()
    config.load_json(str(folder / CONFIG))
    model = Untouched(config)
    model.load_checkpoint(config, checkpoint_dir=folder, eval=True)
    return model
