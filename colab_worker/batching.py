"""Which pictures of a job may be drawn in one call."""

from __future__ import annotations

from colab_worker.planner import Unit
from shared_protocol.wire import content_key

#: What may differ from picture to picture of a call.
_OWN = ("prompt", "negative_prompt", "seed")


def together(unit: Unit) -> str | None:
    """Equal for units that an engine may do in one call; None for one that stands alone.

    References, pictures drawn again and compiled networks have settings of their own.
    """
    drawing = unit.engine.drawing
    if drawing is None or not drawing.batches:
        return None
    if unit.files or unit.params.get("references") or unit.params.get("compiled"):
        return None
    shared = {name: told for name, told in unit.params.items() if name not in _OWN}
    return content_key({"engine": unit.engine.address, "params": shared})
