"""Every animal, building and thing by name: its outline, its size, where it belongs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from colab_worker.engines.papercut.silhouettes import (
    buildings,
    creatures,
    keepsakes,
    plants,
    things,
    vehicles,
)
from colab_worker.engines.papercut.silhouettes.quadrupeds import PLANS, quadruped
from colab_worker.engines.papercut.silhouettes.shape import Shape

Draw = Callable[[np.random.Generator], Shape]


@dataclass(frozen=True)
class Item:
    """Something that a prompt can name."""

    draw: Draw
    #: Height in metres of what has the height 1 in the outline.
    metres: float
    #: ground, far (behind the people), water, sky, perch.
    where: str
    #: Colours of its body and its coloured parts; "" follows the paper.
    body: str = ""
    cloth: str = ""
    kind: str = "thing"


def _fixed(shape: Callable[[], Shape]) -> Draw:
    return lambda _rng: shape()


def _animal(plan: str) -> Draw:
    return lambda _rng: quadruped(PLANS[plan])


_QUADRUPEDS = {
    "horse": (1.6, "#744a32", "#2c1d18"), "donkey": (1.15, "#6b625c", ""),
    "deer": (1.1, "#8a5a38", ""), "dog": (0.5, "#8a5d3c", ""), "wolf": (0.85, "#7d8494", ""),
    "fox": (0.5, "#c4622a", ""), "cat": (0.4, "#75594c", ""), "lion": (1.15, "#c08a42", ""),
    "cow": (1.4, "#5c4034", ""), "sheep": (0.8, "#3a3436", ""), "goat": (0.85, "#8d8478", ""),
    "pig": (0.8, "#d49a92", ""), "bear": (1.3, "#6a4a38", ""), "camel": (1.9, "#a97f4e", ""),
}  # fmt: skip

_CREATURES: dict[str, tuple[Callable[[], Shape], float, str, str, str]] = {
    "crow": (creatures.perched_bird, 0.45, "perch", "#16161e", ""),
    "bird": (creatures.flying_bird, 0.6, "sky", "", ""),
    "gull": (creatures.flying_bird, 0.6, "sky", "#e9e6df", ""),
    "eagle": (creatures.flying_bird, 1.0, "sky", "#5a4030", ""),
    "owl": (creatures.owl, 0.5, "perch", "#5b4636", ""),
    "bat": (creatures.bat, 0.4, "sky", "#1a1620", ""),
    "rooster": (creatures.rooster, 0.5, "ground", "#7a3f2a", "red"),
    "swan": (creatures.swan, 0.9, "water", "", ""),
    "fish": (creatures.fish, 0.6, "water", "#5f8ea0", ""),
    "whale": (creatures.whale, 4.0, "water", "", ""),
    "elephant": (creatures.elephant, 3.0, "ground", "#6d7078", ""),
    "tortoise": (creatures.tortoise, 0.4, "ground", "#5c6b3a", ""),
    "frog": (creatures.frog, 0.25, "ground", "#5d8a3f", ""),
    "snake": (creatures.snake, 0.5, "ground", "#5b7a3c", "red"),
    "dragon": (creatures.dragon, 6.0, "sky", "#5c2630", ""),
    "squirrel": (creatures.squirrel, 0.35, "ground", "#9a5a30", ""),
    "butterfly": (creatures.insect, 0.3, "sky", "", "orange"),
    "ant": (creatures.ant, 0.15, "ground", "#33221c", ""),
    "monkey": (creatures.monkey, 0.8, "ground", "#6a4a34", ""),
    "hare": (creatures.hare, 0.5, "ground", "#a58a6a", ""),
    "mouse": (creatures.mouse, 0.2, "ground", "#77706c", ""),
    "spider": (creatures.spider, 0.3, "sky", "#17141a", ""),
}

_BUILDINGS: dict[str, tuple[Callable[[], Shape], float, str]] = {
    "house": (buildings.house, 7, ""), "cottage": (buildings.cottage, 5, ""),
    "tower": (buildings.tower, 22, ""), "castle": (buildings.castle, 34, "crimson"),
    "church": (buildings.church, 18, ""), "lighthouse": (buildings.lighthouse, 24, "red"),
    "windmill": (buildings.windmill, 16, ""), "barn": (buildings.barn, 9, "rusty"),
    "bridge": (buildings.bridge, 7, ""), "ruin": (buildings.ruin, 9, ""),
    "tent": (buildings.tent, 3, ""), "temple": (buildings.temple, 14, ""),
    "pyramid": (buildings.pyramid, 40, ""), "pagoda": (buildings.pagoda, 24, ""),
    "skyscraper": (buildings.skyscraper, 60, ""), "hut": (buildings.hut, 5, ""),
    "gate": (buildings.gate, 6, ""), "dome": (buildings.dome, 6, ""),
}  # fmt: skip

_VEHICLES: dict[str, tuple[Callable[[], Shape], float, str, str]] = {
    "ship": (vehicles.ship, 16, "water", "crimson"), "boat": (vehicles.boat, 1.5, "water", "rusty"),
    "sailboat": (vehicles.sailboat, 8, "water", "red"), "steamer": (vehicles.steamer, 14, "water", "red"),
    "train": (vehicles.train, 3.0, "far", ""), "car": (vehicles.car, 1.6, "ground", "red"),
    "cart": (vehicles.cart, 1.9, "ground", "brown"), "rocket": (vehicles.rocket, 18, "far", "red"),
    "starship": (vehicles.starship, 5, "sky", ""), "saucer": (vehicles.saucer, 4, "sky", ""),
    "plane": (vehicles.plane, 4, "sky", ""), "balloon": (vehicles.airship, 9, "sky", "red"),
    "satellite": (vehicles.satellite, 5, "sky", "blue"),
}  # fmt: skip

_THINGS: dict[str, tuple[Callable[[], Shape], float, str]] = {
    "pitcher": (things.pitcher, 0.6, "copper"), "well": (things.well, 2.2, "brown"),
    "fire": (things.fire, 0.9, "orange"), "lamp": (things.lamp, 3.6, ""),
    "lantern": (things.lantern, 0.5, "orange"), "candle": (things.candle, 0.5, ""),
    "table": (things.table, 0.85, ""), "chair": (things.chair, 1.0, ""),
    "throne": (things.throne, 2.2, "crimson"), "bed": (things.bed, 0.9, "blue"),
    "book": (keepsakes.book, 0.35, "crimson"), "clock": (things.clock, 2.1, ""),
    "chest": (keepsakes.chest, 0.7, "brown"), "door": (things.door, 2.3, "brown"),
    "window": (things.window, 1.8, ""), "sword": (keepsakes.sword, 1.3, ""),
    "gravestone": (things.gravestone, 0.9, ""), "cross": (things.cross, 1.4, ""),
    "statue": (things.statue, 4.5, ""), "rock": (things.rock, 1.4, ""),
    "scarecrow": (things.scarecrow, 1.9, "rusty"), "telescope": (keepsakes.telescope, 1.5, "copper"),
    "anchor": (keepsakes.anchor, 1.4, ""), "barrel": (things.barrel, 0.9, "brown"),
    "fence": (things.fence, 1.0, ""), "apple": (keepsakes.apple, 0.35, "red"),
    "grapes": (keepsakes.grapes, 0.8, "purple"), "crown": (keepsakes.ring, 0.5, "crimson"),
    "mirror": (keepsakes.mirror, 1.7, ""), "key": (keepsakes.key, 0.5, ""),
    "computer": (things.computer, 0.8, "green"), "heart": (keepsakes.heart, 1.0, "red"),
}  # fmt: skip

_PLANTS: dict[str, tuple[Draw, float, str]] = {
    "tree": (plants.leafy, 7, ""), "pine": (plants.pine, 9, ""), "bare_tree": (plants.bare, 7, ""),
    "palm": (plants.palm, 7, ""), "cactus": (plants.cactus, 3.2, ""), "cypress": (plants.cypress, 8, ""),
    "mushroom": (plants.mushroom, 0.5, "red"), "flower": (plants.flower, 0.6, "pink"),
    "reed": (plants.reed, 1.6, ""),
}  # fmt: skip


def _all_items() -> dict[str, Item]:
    items: dict[str, Item] = {}
    for name, (metres, body, _) in _QUADRUPEDS.items():
        items[name] = Item(_animal(name), metres, "ground", body, kind="animal")
    for name, (shape, metres, where, body, cloth) in _CREATURES.items():
        items[name] = Item(_fixed(shape), metres, where, body, cloth, kind="animal")
    for name, (shape, metres, cloth) in _BUILDINGS.items():
        items[name] = Item(_fixed(shape), metres, "far", "", cloth, kind="building")
    for name, (shape, metres, where, cloth) in _VEHICLES.items():
        items[name] = Item(_fixed(shape), metres, where, "", cloth, kind="vehicle")
    for name, (shape, metres, cloth) in _THINGS.items():
        items[name] = Item(_fixed(shape), metres, "ground", "", cloth)
    items["kite"] = Item(_fixed(keepsakes.kite), 3.4, "sky", "", "red")
    for name, (draw, metres, cloth) in _PLANTS.items():
        items[name] = Item(draw, metres, "ground", "", cloth, kind="plant")
    return items


ITEMS = _all_items()
