"""What a worker has in memory: loaded early when asked for, and told in its health."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from colab_worker.device import gpu_memory, gpu_name
from colab_worker.engines.registry import (
    BUILT_IN,
    EngineEntry,
    PlanRefused,
    Registry,
)
from colab_worker.preload import early_loads
from tests.workers import WorkerProcess, film

MODELS = Registry(
    (
        *BUILT_IN,
        EngineEntry("big", "image", "x:y", version="1", argument="a"),
        EngineEntry("far", "image", "x:y", version="1", unavailable="pull it"),
        EngineEntry("choir", "voice", "x:y", version="1", lane="voice"),
    )
)


def test_each_goes_to_its_lane() -> None:
    """As the unit would that needs it, under the same address."""
    loads = early_loads(["big", "choir"], MODELS)
    assert {lane: [one.engine for one in found] for lane, found in loads.items()} == {
        "gpu": ["big"], "voice": ["choir"],
    }  # fmt: skip
    assert loads["gpu"][0].address == "x:y?a"
    assert early_loads([], MODELS) == {}


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["huge"], "'huge' is not an engine of this worker; choose of: papercut, big"),
        (["far"], "far cannot be used: pull it"),
        (["big", "papercut"], "one of a kind stays loaded"),
    ],
)
def test_what_cannot_be_loaded_is_refused(names: list[str], words: str) -> None:
    """By name, before the worker listens."""
    with pytest.raises(PlanRefused) as caught:
        early_loads(names, MODELS)
    assert words in caught.value.sentence


def test_a_model_is_there_before_any_film(tmp_path: Path) -> None:
    """Told in the health, gone with its process, and back with the next picture."""
    model = {
        "name": "model", "kind": "image", "version": "1", "argument": "{}",
        "factory": "tests.failures.engines:FailingModel",
    }  # fmt: skip
    engines = json.dumps([model])
    with WorkerProcess(tmp_path, "--preload", "model", engines=engines) as worker:

        def loaded() -> list[str]:
            found: list[str] = worker.client.get("/health").json()["loaded"]
            return found

        deadline = time.monotonic() + 60
        while loaded() != ["model"]:
            assert time.monotonic() < deadline, worker.log()
            time.sleep(0.05)
        killed = film("!exit", engine={"image": "model"})
        assert worker.finish(worker.submit(killed))["state"] == "error"
        assert loaded() == []
        drawn = film("a hill", engine={"image": "model"})
        assert worker.finish(worker.submit(drawn))["state"] == "complete"
        assert loaded() == ["model"]


def test_a_worker_does_not_start_without_what_it_shall_load(tmp_path: Path) -> None:
    """One sentence, and no trace."""
    with pytest.raises(AssertionError) as ended:
        WorkerProcess(tmp_path, "--preload", "nothing").start()
    assert "--preload: 'nothing' is not an engine" in str(ended.value)
    assert "Traceback" not in str(ended.value)


def test_the_gpu_is_asked_through_its_driver(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first of several; a driver that fails is no GPU."""
    tool = tmp_path / "nvidia-smi"
    tool.write_text(
        '#!/bin/sh\ncase "$*" in *memory*) echo "15360, 2048"; echo "1, 1";; '
        '*) echo "Tesla T4"; echo "other";; esac\n'
    )
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert gpu_name() == "Tesla T4"
    assert gpu_memory() == {"total_bytes": 15360 << 20, "used_bytes": 2048 << 20}
    tool.write_text("#!/bin/sh\nexit 9\n")
    assert gpu_name() is None
    assert gpu_memory() is None
