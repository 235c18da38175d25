"""Taking a model off this machine's shelf, which is the worker's own affair."""

from __future__ import annotations

import asyncio
import sys

from shared_protocol.models import ModelInfo


class NotRemoved(Exception):
    """The model is still there; the sentence says why."""


async def remove_model(model: ModelInfo) -> None:
    """``moonreel models remove`` for one that the local worker told of.

    Raises NotRemoved.
    """
    kind = "lora" if model.kind == "lora" else "model"
    words = ("remove", "--kind", kind, "--", model.name)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "colab_worker.models", *words),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,  # Ctrl-C does not leave half of a model behind
    )
    _, told = await process.communicate()
    if process.returncode:
        lines = told.decode("utf-8", "replace").strip().splitlines()
        why = lines[-1] if lines else f"exit code {process.returncode}"
        raise NotRemoved(why.removeprefix("moonreel: "))
