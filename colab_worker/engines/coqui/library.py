"""The coqui-tts library made importable: with torchaudio, or with what stands in for it.

coqui-tts refuses to start without torchaudio and torchcodec, whose wheels are built for
CUDA only. VITS needs no more of them than resampling, so where they are absent small
stand-ins take their place, in this process alone.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
import sys
import types
from typing import Any

from colab_worker.engines.base import EngineError


def import_synthesizer() -> Any:
    """The class that loads and runs coqui models; raises EngineError."""
    if importlib.util.find_spec("torchaudio") is None:
        _stand_in()
    try:
        return importlib.import_module("TTS.utils.synthesizer").Synthesizer
    except OSError as error:  # a CUDA wheel on a machine without CUDA
        raise EngineError(
            f"torchaudio cannot be loaded here: {str(error).splitlines()[0]}",
            "pip uninstall torchaudio torchcodec; voices work without them",
        ) from error


def _stand_in() -> None:
    functional = _module("torchaudio.functional", resample=_resample)
    transforms = _module("torchaudio.transforms", Resample=_Resample)
    _module("torchaudio", functional=functional, transforms=transforms)
    if importlib.util.find_spec("torchcodec") is None:
        _module("torchcodec")


def _module(name: str, **members: Any) -> types.ModuleType:
    module = types.ModuleType(name)
    module.__spec__ = importlib.machinery.ModuleSpec(name, None, is_package=True)
    module.__path__ = []
    module.__dict__.update(members)
    sys.modules[name] = module
    return module


def _resample(waveform: Any, orig_freq: int, new_freq: int, **_: Any) -> Any:
    import librosa
    import torch

    samples = waveform.cpu().numpy()
    told = librosa.resample(samples, orig_sr=orig_freq, target_sr=new_freq)
    return torch.from_numpy(told).to(waveform)


class _Resample:
    """``torchaudio.transforms.Resample``, as far as it is used."""

    def __init__(self, orig_freq: int = 16000, new_freq: int = 16000, **_: Any) -> None:
        self._rates = orig_freq, new_freq

    def __call__(self, waveform: Any) -> Any:
        return _resample(waveform, *self._rates)
