"""A VITS model of many speakers: from a folder to the sound of one sentence."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np

from colab_worker.engines.base import BadInput, EngineError, VoiceRequest
from colab_worker.engines.coqui.library import import_synthesizer
from colab_worker.engines.coqui.phonemes import provide_espeak
from colab_worker.engines.coqui.placing import moved, placed
from colab_worker.engines.coqui.speaking import Said
from colab_worker.engines.coqui.timing import Span, word_spans
from colab_worker.models.speakers import speakers_file
from shared_protocol.vocab import VOICES

#: What a damaged or a dangerous file makes the library raise.
_BAD_MODEL = (OSError, RuntimeError, ValueError, KeyError, UnpicklingError)


class VitsModel:
    """A loaded model; the same text and seed give the same sound."""

    #: It speaks in whole frames for each sound, so its speed is only about right.
    is_rough = True

    def __init__(self, folder: Path) -> None:
        weights = next(iter(sorted(folder.glob("*.pth"))), None)
        if weights is None:
            raise EngineError(
                f"the voice model {folder.name} has no weights",
                f"put a whole copy of {folder.name} there",
            )
        provide_espeak()
        synthesizer = import_synthesizer()
        with tempfile.TemporaryDirectory(prefix="moonreel-vits-") as work:
            config = _rooted_config(folder, Path(work))
            try:
                loaded = synthesizer(tts_checkpoint=weights, tts_config_path=config)
            except _BAD_MODEL as error:
                raise EngineError(
                    f"the voice model {folder.name} cannot be loaded: "
                    f"{str(error).splitlines()[0][:300]}",
                    f"put a whole copy of {folder.name} there",
                ) from error
        self._model = loaded.tts_model
        self.rate = int(loaded.output_sample_rate)
        self._hop_s = self._model.config.audio.hop_length / self.rate
        self._own_scale = float(self._model.length_scale)
        self._model, self.device = placed(self._model, weights.stat().st_size)

    def say(self, text: str, request: VoiceRequest, seed: int) -> Said:
        """Speaks one sentence; raises BadInput for a voice that is not in the model."""
        import torch

        torch.manual_seed(seed)
        self._model.length_scale = self._own_scale / request.speed
        told = self._model.synthesize(
            text=text, speaker=self._speaker(request.voice_id), use_griffin_lim=True
        )
        wave = np.asarray(told["wav"], np.float64).reshape(-1)
        samples = np.rint(wave * 32_767).clip(-32_768, 32_767).astype("<i2")
        return Said(samples, self._words(told))

    def slow_down(self) -> bool:
        """Leaves the GPU for the CPU."""
        if self.device == "cpu":
            return False
        self._model, self.device = moved(self._model, "cpu"), "cpu"
        return True

    def _speaker(self, voice_id: str) -> str:
        known = {name.strip(): name for name in self._model.speaker_manager.name_to_id}
        speaker = VOICES[voice_id].speaker
        if speaker not in known:
            raise BadInput(
                f"this voice model has no speaker {speaker}, who is {voice_id}",
                "choose another voice",
            )
        return str(known[speaker])

    def _words(self, told: dict[str, Any]) -> list[Span]:
        """From the durations that the model gave each of its symbols."""
        symbols = self._model.tokenizer.characters
        blank = symbols.blank
        ids = told["text_inputs"].reshape(-1).tolist()
        letters = [symbols.id_to_char(number) for number in ids]
        shown = ["" if letter == blank else letter for letter in letters]
        lengths = told["outputs"]["durations"].reshape(-1).tolist()
        return word_spans(shown, [length * self._hop_s for length in lengths])


def _rooted_config(folder: Path, work: Path) -> Path:
    """The configuration with the speakers' file where it is, not where it was made."""
    content = json.loads((folder / "config.json").read_text("utf-8"))
    speakers = speakers_file(folder)
    for part in (content, content.get("model_args", {})):
        if speakers is not None and "speakers_file" in part:
            part["speakers_file"] = str(speakers)
    config = work / "config.json"
    config.write_text(json.dumps(content), "utf-8")
    return config
