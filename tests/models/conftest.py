"""Models for the tests of this folder, built once; without their packages all skip."""

from __future__ import annotations

import importlib.util
import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.model_sources import Hub, fresh_hub, serving

#: Set by ``make test``: then a missing package is a failure, not a reason to skip.
REQUIRED = "REQUIRE_MODELS"
PACKAGES = (
    "torch",
    "diffusers",
    "transformers",
    "accelerate",
    "peft",
    "TTS",
    "faster_whisper",
)
#: What the libraries do among themselves; our own code may not.
LIBRARIES_SAY = (
    "ignore:__array__ implementation:DeprecationWarning",
    "ignore:Already found a `peft_config`:UserWarning",
    "ignore:`upcast_vae` is deprecated:FutureWarning",
    "ignore:invalid value encountered in cast:RuntimeWarning",
    "ignore:`torch.jit.script_method` is deprecated:DeprecationWarning",
)
#: On a GPU their compilers and kernels have more to say, by card and release.
KERNELS_SAY = ("ignore:::torch", "ignore:::triton", "ignore:::bitsandbytes")
MISSING = [name for name in PACKAGES if importlib.util.find_spec(name) is None]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks every test here, and skips it where the packages are missing."""
    for item in items:
        if "tests/models/" not in item.path.as_posix():
            continue
        item.add_marker(pytest.mark.models)
        on_gpu = KERNELS_SAY if item.get_closest_marker("gpu") else ()
        for told in (*LIBRARIES_SAY, *on_gpu):
            item.add_marker(pytest.mark.filterwarnings(told))
        if MISSING and not os.environ.get(REQUIRED):
            reason = f"not installed: {', '.join(MISSING)}; `make test` installs them"
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny SDXL, FLUX and VITS, with LoRAs and IP-Adapters."""
    from tests.models.tiny import build_flux, build_sdxl
    from tests.models.tiny_adapters import build_ip_adapters, build_loras
    from tests.models.tiny_voice import build_vits

    folder = tmp_path_factory.mktemp("models")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        build_sdxl(folder / "sdxl")
        build_vits(folder / "vits")
        build_flux(folder / "flux-schnell")
        build_loras(folder)
        build_ip_adapters(folder)
    return folder


@pytest.fixture(scope="session")
def voices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny XTTS."""
    from tests.models.tiny_voice import build_xtts

    folder = tmp_path_factory.mktemp("voices")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        build_xtts(folder / "xtts")
    return folder


@pytest.fixture(scope="session")
def whisper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny Whisper."""
    from tests.models.tiny_aligner import build_whisper

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return build_whisper(tmp_path_factory.mktemp("aligner") / "whisper")


@pytest.fixture
def hub() -> Iterator[str]:
    """The address of a hub of its own."""
    fresh_hub()
    with serving(Hub) as address:
        yield address
