"""What the check of a worker says of what the worker tells of itself."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.worker_check import steps_of
from shared_protocol.routes import PROTOCOL_VERSION
from shared_protocol.studio import CheckStep
from shared_protocol.workers import EngineInfo, Health

ENGINES = (
    EngineInfo(name="papercut", kind="image", draft=True),
    EngineInfo(name="espeak", kind="voice", draft=True),
    EngineInfo(name="ffmpeg", kind="video", draft=False),
    EngineInfo(name="sdxl", kind="image", draft=False),
)


def told(**values: Any) -> dict[str, CheckStep]:
    """The steps by name."""
    usual: dict[str, Any] = {
        "protocol": PROTOCOL_VERSION,
        "gpu": "Tesla T4",
        "gpu_memory": {"total_bytes": 15_800_000_000, "used_bytes": 0},
        "model": "sdxl",
        "tts": "espeak",
        "disk": {"free_bytes": 50_000_000_000},
        "engines": ENGINES,
    }
    health = Health(**usual | values)
    return {step.name: step for step in steps_of("http://worker", health)}


def test_gpu_memory_and_the_engines_that_would_be_taken() -> None:
    """Not the first of the list, but the best; a draft voice beside a GPU is told."""
    steps = told()

    assert steps["gpu"].message == "It has a GPU: Tesla T4 with 15.8 GB."
    assert steps["image"].message == "Its image engine is sdxl."
    assert steps["image"].advice is None
    assert steps["voice"].message == "Its voice engine is espeak (draft)."
    assert "models pull vits" in (steps["voice"].advice or "")


def test_a_gpu_without_a_model_is_told() -> None:
    """With the command that fetches one; without a GPU drafts are what there is."""
    without = told(model="papercut", engines=ENGINES[:3])
    no_gpu = told(model="papercut", engines=ENGINES[:3], gpu=False, gpu_memory=None)

    assert "models pull sdxl" in (without["image"].advice or "")
    assert no_gpu["image"].advice is None
    assert "no GPU" in no_gpu["gpu"].message


@pytest.mark.parametrize(
    ("total", "used", "loaded", "expected"),
    [
        (15.8, 12.0, (), "with 15.8 GB, 3.8 GB of it free; that is little"),
        (15.8, 12.0, ("sdxl",), "with 15.8 GB."),
        (4.0, 0.0, (), "with 4.0 GB; that is little"),
        (4.0, 3.0, ("sdxl",), "with 4.0 GB; that is little"),
    ],
)
def test_little_gpu_memory_is_told(
    total: float, used: float, loaded: tuple[str, ...], expected: str
) -> None:
    """What its own models take is not missing."""
    memory = {"total_bytes": int(total * 1e9), "used_bytes": int(used * 1e9)}
    step = told(gpu_memory=memory, loaded=loaded)["gpu"]

    assert expected in step.message
    assert bool(step.advice) == ("little" in expected)


def test_what_is_missing_fails_with_advice() -> None:
    """An older protocol, a full disk, no engine that works."""
    broken = EngineInfo(
        name="sdxl", kind="image", draft=False, unavailable="it is not on this worker"
    )
    steps = told(
        protocol=PROTOCOL_VERSION + 1,
        disk={"free_bytes": 1_000_000},
        engines=(broken, *ENGINES[1:3]),
    )

    failed = {name for name, step in steps.items() if not step.ok}
    assert failed == {"version", "disk", "image"}
    assert all(steps[name].advice for name in failed)
