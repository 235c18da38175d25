"""The coqui-tts library made importable: with torchaudio, or with what stands in for it.

coqui-tts refuses to start without torchaudio and torchcodec, whose wheels are built for
CUDA only. Where they are absent, stand-ins take their place, in this process alone; and
sound files are read by soundfile everywhere, which needs no libraries of the system.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
import os
import sys
import types
from typing import Any

from colab_worker.engines.base import EngineError


def import_synthesizer() -> Any:
    """The class that loads and runs coqui models; raises EngineError."""
    return _imported("TTS.utils.synthesizer").Synthesizer


def import_xtts() -> tuple[Any, Any]:
    """The module of XTTS and that of its configuration; raises EngineError."""
    config = _imported("TTS.tts.configs.xtts_config")
    return _imported("TTS.tts.models.xtts"), config


def _imported(name: str) -> types.ModuleType:
    os.environ["HF_HUB_OFFLINE"] = "1"  # whatever is missing, it is told, not fetched
    # Without it the matrix products of a GPU need not repeat themselves.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    if importlib.util.find_spec("torchaudio") is None:
        _stand_in()
    try:
        module = importlib.import_module(name)
    except OSError as error:  # a CUDA wheel on a machine without CUDA
        raise EngineError(
            f"torchaudio cannot be loaded here: {str(error).splitlines()[0]}",
            "pip uninstall torchaudio torchcodec; voices work without them",
        ) from error
    from colab_worker.engines.coqui.torchaudio_parts import load

    sys.modules["torchaudio"].load = load  # type: ignore[attr-defined]
    return module


def _stand_in() -> None:
    from colab_worker.engines.coqui.torchaudio_parts import (
        MelSpectrogram,
        Resample,
        resample,
    )

    functional = _module("torchaudio.functional", resample=resample)
    transforms = _module(
        "torchaudio.transforms", Resample=Resample, MelSpectrogram=MelSpectrogram
    )
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
