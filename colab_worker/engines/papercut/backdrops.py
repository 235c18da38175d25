"""Every backdrop by name, for places to be built from."""

from __future__ import annotations

from collections.abc import Callable

from colab_worker.engines.papercut.landscapes import (
    broken_columns,
    castle_hill,
    chapel,
    dune_sea,
    fire_mountain,
    headland,
    hill_country,
    islet,
    mountains,
    table_land,
    treeline,
)
from colab_worker.engines.papercut.settlements import (
    graves,
    houses,
    masts,
    rails,
    skyline,
    smoke_columns,
)
from colab_worker.engines.papercut.stage import Stage

#: Draws land at a depth (0 at the horizon, 1 near).
Backdrop = Callable[[Stage, float], None]

BACKDROPS: dict[str, Backdrop] = {
    "mountains": mountains, "hills": hill_country, "treeline": treeline, "dunes": dune_sea,
    "mesas": table_land, "skyline": skyline, "houses": houses, "masts": masts,
    "castle": castle_hill, "columns": broken_columns, "chapel": chapel, "volcano": fire_mountain,
    "smoke": smoke_columns, "islet": islet, "rails": rails, "headland": headland, "graves": graves,
}  # fmt: skip
