"""Speaks one request in a process of its own: ``python -m … REQUEST FILE``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from colab_worker.engines.base import VoiceRequest
from colab_worker.engines.entry import make_engine


def main() -> None:
    """The request is JSON with the engine's address and the fields of a voice request."""
    told = json.loads(sys.argv[1])
    engine = make_engine(told.pop("address"))
    engine.load()
    told["sample"] = Path(told["sample"])
    engine.speak(VoiceRequest(**told), Path(sys.argv[2]), lambda part, note: None)


if __name__ == "__main__":
    main()
