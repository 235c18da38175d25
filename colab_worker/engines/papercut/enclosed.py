"""Every place that is drawn as a whole, by name."""

from __future__ import annotations

from collections.abc import Callable

from colab_worker.engines.papercut.interiors import control_room, hall, library, room
from colab_worker.engines.papercut.outlands import cave, space, street, underwater
from colab_worker.engines.papercut.stage import Stage

#: Draws the place; told whether somebody or something stands in it.
Enclosed = Callable[[Stage, bool], None]

ENCLOSED: dict[str, Enclosed] = {
    "room": room, "hall": hall, "library": library, "street": street, "cave": cave,
    "space": space, "underwater": underwater, "bridge_deck": control_room,
}  # fmt: skip
