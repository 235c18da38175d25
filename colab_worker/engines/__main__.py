"""``python -m colab_worker.engines``: the engines that a worker here would offer."""

from __future__ import annotations

import sys

from colab_worker.device import gpu_bytes, gpu_name
from colab_worker.engines.registry import Registry
from colab_worker.models.shelf import Shelf, models_folder


def main() -> None:
    """One line an engine: kind, name, and why it cannot be used if it cannot."""
    has_gpu = gpu_name() is not None
    shelf = Shelf(models_folder(), has_gpu=has_gpu, gpu_bytes=gpu_bytes())
    for engine in Registry.from_environment(look=shelf).describe():
        draft = " (draft)" if engine.draft else ""
        state = f": not yet, {engine.unavailable}" if engine.unavailable else ""
        sys.stdout.write(f"{engine.kind} {engine.name}{draft}{state}\n")


if __name__ == "__main__":
    main()
