"""One tiny engine with every way to fail; a word in the prompt chooses which."""

from __future__ import annotations

import hashlib
import os
import signal
import sys
import time
from pathlib import Path

from PIL import Image

from benchmarks.simulated import SimulatedImage
from colab_worker.engines.base import BadInput, EngineError, ImageRequest, Tick

#: A folder where tries are counted, for failures that pass.
COUNTER_VARIABLE = "MOONREEL_TEST_COUNTER"

ENTRY = {
    "name": "papercut",
    "kind": "image",
    "factory": "tests.failures.engines:FailingImage",
    "version": "failing",
}


class FailingImage(SimulatedImage):
    """Draws as the simulated engine does, unless the prompt says otherwise."""

    def draw(self, request: ImageRequest, out: Path, tick: Tick) -> None:
        """Fails in the way that a word of the prompt names."""
        words = request.prompt.split()
        for word, times in (("!once", 1), ("!thrice", 3)):
            if word in words and _tries(request.prompt) > times:
                words = []
        for word in words:
            if word in _WAYS:
                _WAYS[word](request, out)
        if "!quiet" not in words:
            super().draw(request, out, tick)


class FailingModel(FailingImage):
    """The same as a model: it is told which one to load."""

    def __init__(self, about: str) -> None:
        super().__init__()
        self.about = about


def _tries(prompt: str) -> int:
    name = hashlib.sha256(prompt.encode()).hexdigest()
    counter = Path(os.environ[COUNTER_VARIABLE]) / name
    tries = int(counter.read_text()) + 1 if counter.exists() else 1
    counter.write_text(str(tries))
    return tries


def _exits(request: ImageRequest, out: Path) -> None:
    sys.stderr.write("the model file is damaged\n")
    sys.stderr.flush()
    os._exit(3)


def _killed(request: ImageRequest, out: Path) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _hangs(request: ImageRequest, out: Path) -> None:
    time.sleep(3600)


def _freezes(request: ImageRequest, out: Path) -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def _wrong_size(request: ImageRequest, out: Path) -> None:
    Image.new("RGB", (8, 8)).save(out)


def _not_a_picture(request: ImageRequest, out: Path) -> None:
    out.write_bytes(b"<html>not a picture</html>")


def _raises(request: ImageRequest, out: Path) -> None:
    raise EngineError("the sampler met a NaN", "lower the guidance")


def _refuses(request: ImageRequest, out: Path) -> None:
    raise BadInput("this prompt cannot be drawn", "use other words")


def _nonsense(request: ImageRequest, out: Path) -> None:
    for descriptor in map(int, os.listdir("/proc/self/fd")):  # noqa: PTH208
        if descriptor > 2:
            _try_write(descriptor, b"this is no event\n")


def _try_write(descriptor: int, line: bytes) -> None:
    try:
        os.write(descriptor, line)
    except OSError as error:
        sys.stderr.write(f"{descriptor}: {error}\n")


_WAYS = {
    "!exit": _exits,
    "!kill": _killed,
    "!hang": _hangs,
    "!freeze": _freezes,
    "!wrong-size": _wrong_size,
    "!no-picture": _not_a_picture,
    "!raise": _raises,
    "!refuse": _refuses,
    "!nonsense": _nonsense,
}
