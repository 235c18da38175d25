"""Model libraries imported without progress bars, advice and calls to the network."""

from __future__ import annotations

import os
from typing import Any

from colab_worker.engines.base import EngineError


def import_diffusers() -> Any:
    """The library, silenced; takes some seconds the first time."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
    try:
        import transformers

        transformers.utils.logging.set_verbosity_error()
        transformers.utils.logging.disable_progress_bar()
        import diffusers

        # These are what the libraries load late; a spoilt package shows here.
        diffusers.StableDiffusionXLPipeline  # noqa: B018
    except (ImportError, OSError, RuntimeError) as error:
        raise _not_usable(error) from error
    diffusers.utils.logging.set_verbosity_error()
    diffusers.utils.logging.disable_progress_bar()
    return diffusers


def _not_usable(error: Exception) -> EngineError:
    """transformers imports whatever sound library it finds, though none is needed."""
    told = str(error).strip().splitlines()[0][:300]
    if "torchaudio" in str(error) or "torchcodec" in str(error):
        return EngineError(
            f"the model libraries cannot be loaded: {told}",
            "torchaudio or torchcodec is of another build than torch; without CUDA: "
            "pip uninstall torchaudio torchcodec",
        )
    return EngineError(
        f"the model libraries cannot be loaded: {told}", "pip install 'moonreel[image]'"
    )
