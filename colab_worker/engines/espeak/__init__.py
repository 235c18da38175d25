"""The draft voice: espeak-ng from a wheel, no download and no key."""

from colab_worker.engines.espeak.engine import EspeakEngine

__all__ = ["EspeakEngine"]
