"""The draft picture engine: layered paper silhouettes drawn from a prompt's words."""

from colab_worker.engines.papercut.engine import PapercutEngine

__all__ = ["PapercutEngine"]
