"""The worker's encoder: chosen by a trial when the first film needs it, then kept.

It stays the same across restarts, since clips of one film must be encoded alike and a
clip that is known need not be made again; another ffmpeg or another GPU is tried anew.
"""

from __future__ import annotations

import asyncio
import json
import logging
from importlib.metadata import version
from pathlib import Path

from colab_worker.engines.registry import PlanRefused
from colab_worker.film.quality import Encoder
from shared_protocol.errors import Code

log = logging.getLogger(__name__)

#: In the data folder.
FILE = "encoder.json"


class EncoderChoice:
    """Which encoder this worker's clips are made with."""

    def __init__(self, data_dir: Path, wanted: str, gpu: str | None) -> None:
        self._file = data_dir / FILE
        self._wanted, self._gpu = wanted, gpu
        self._machine = [wanted, gpu, version("imageio-ffmpeg")]
        self._encoder: Encoder | None = None
        self._door = asyncio.Lock()

    async def encoder(self) -> Encoder:
        """The encoder; PlanRefused if the one that was asked for does not encode."""
        async with self._door:
            if self._encoder is None:
                self._encoder = await asyncio.to_thread(self._find)
            return self._encoder

    def _find(self) -> Encoder:
        kept = self._kept()
        if kept is not None:
            return kept
        # ffmpeg's modules are not needed before the first film.
        from colab_worker.engines.base import EngineError
        from colab_worker.film.encoders import choose

        try:
            choice = choose(self._wanted, gpu=self._gpu is not None)
        except EngineError as error:
            raise PlanRefused(f"encoder: {error}", Code.ENGINE_FAILED) from error
        log.info("Clips are encoded by %s: %s.", choice.encoder, choice.reason)
        told = {"machine": self._machine, "encoder": vars(choice.encoder)}
        self._file.write_text(json.dumps(told), encoding="utf-8")
        return choice.encoder

    def _kept(self) -> Encoder | None:
        try:
            told = json.loads(self._file.read_text(encoding="utf-8"))
            if told["machine"] == self._machine:
                return Encoder(**told["encoder"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.debug("no encoder was kept: %s", error)
        return None
