"""Draws a scene from back to front: sky, distance, water, ground, cast, weather."""

from __future__ import annotations

from dataclasses import replace

from PIL import Image

from colab_worker.engines.base import ImageRequest, Tick
from colab_worker.engines.papercut import (
    camera,
    casting,
    distance,
    light,
    palette,
    scene,
    staging,
    weather,
)
from colab_worker.engines.papercut.backdrops import BACKDROPS
from colab_worker.engines.papercut.canvas import Canvas
from colab_worker.engines.papercut.colour import WHITE, mix, rgb
from colab_worker.engines.papercut.dice import Dice
from colab_worker.engines.papercut.enclosed import ENCLOSED
from colab_worker.engines.papercut.grounds import GROUNDS
from colab_worker.engines.papercut.reading import Reading, is_removed, read
from colab_worker.engines.papercut.scene import Scene
from colab_worker.engines.papercut.settlements import hamlet, patchwork
from colab_worker.engines.papercut.stage import Stage
from colab_worker.engines.papercut.styles import Style
from colab_worker.engines.papercut.waters import water

#: Ground that shows as fields from above.
_FARMED = frozenset(("grass", "meadow", "field", "river", "road", "garden"))


def draw(request: ImageRequest, style: Style, tick: Tick) -> Image.Image:
    """The picture of ``request`` as an RGB image of exactly its size."""
    tick(0.0, "reading the prompt")
    reading = read(request.prompt, request.negative_prompt)
    dice = Dice(request.seed, request.prompt)
    plan = scene.compose(reading, dice)
    scene.furnish(reading, plan, dice)
    stage = _stage(request, style, plan, reading, dice)
    if plan.setting.enclosed:
        _inside(stage, plan, reading, tick)
    else:
        _outside(stage, plan, reading, tick)
    tick(0.7, "placing the cast")
    staging.draw_near(stage, reading, plan.shot)
    tick(0.8, "weather")
    _air(stage, plan)
    tick(0.85, "finishing")
    for finish in style.finish:
        finish(stage)
    return stage.canvas.image


def _stage(
    request: ImageRequest, style: Style, plan: Scene, reading: Reading, dice: Dice
) -> Stage:
    shot = camera.of_shot(plan.shot, request.width / request.height)
    colours = palette.choose(
        plan.time, plan.weathers, plan.moods, plan.seasons, dice.of("palette")
    )
    colours = replace(palette.readable(colours.graded(style.grade)), grade=style.grade)
    stage = Stage(
        Canvas(request.width, request.height, style.paper), colours, dice, shot,
        reading.removed, plan.seasons, plan.weathers, plan.mars,
    )  # fmt: skip
    x = scene.sun_place(plan, dice.of("sun"))
    top = 0.1 * stage.unit
    y = stage.horizon - colours.height * max(stage.horizon - top, 0.0)
    stage.sun = (x * stage.width, y)
    stage.canvas.light = (x - 0.5, -1.0)
    stage.canvas.light_colour = colours.light
    return stage


def _inside(stage: Stage, plan: Scene, reading: Reading, tick: Tick) -> None:
    tick(0.1, plan.setting.enclosed)
    stage.inside = plan.setting.enclosed in scene.WALLED
    grounded = [t for t in reading.things if casting.place_of(t) == "ground"]
    peopled = bool(reading.cast or grounded)
    ENCLOSED[plan.setting.enclosed](stage, peopled)
    tick(0.5, "things")
    distance.draw_far(stage, reading, water=False)


def _outside(stage: Stage, plan: Scene, reading: Reading, tick: Tick) -> None:
    setting = plan.setting
    tick(0.05, "sky")
    light.draw_sky(stage)
    _clouds(stage)
    if "storm" in plan.weathers:
        light.draw_lightning(stage)
    stage.fields = (
        plan.shot == "aerial" and setting.ground in _FARMED and not setting.water
    )
    names = [*setting.far, *([] if stage.fields else setting.middle)]
    for k, name in enumerate(names):
        tick(0.1 + 0.3 * k / len(names), name)
        BACKDROPS[name](stage, 0.08 if name in setting.far else 0.3)
        if "fog" in plan.weathers:
            weather.fog_bank(
                stage, stage.level(0.2 + 0.3 * k), 0.16 * stage.height, 0.55
            )
    if stage.fields:
        patchwork(stage)
    if setting.water:
        tick(0.42, "water")
        water(stage, setting.water == "calm")
    tick(0.5, "buildings and ships")
    distance.draw_far(stage, reading, water=bool(setting.water))
    tick(0.6, setting.ground)
    if setting.ground != "none":
        GROUNDS[setting.ground](stage)
    if stage.fields and "houses" in setting.middle:
        hamlet(stage)


def _clouds(stage: Stage) -> None:
    if is_removed("clouds", stage.removed):
        return
    heavy = {"clouds", "rain", "storm", "snow"} & set(stage.weathers)
    if heavy:
        tone = mix(
            stage.palette.sky[0], stage.palette.near, 0.25 if "storm" in heavy else 0.05
        )
        light.draw_clouds(stage, 9, mix(tone, WHITE, 0.12), 0.85)
    elif stage.dice.of("cloudy").random() < 0.75 and "clear" not in stage.weathers:
        tone = mix(stage.palette.sky[2], WHITE, 0.45 * stage.palette.bright)
        light.draw_clouds(stage, 4, tone, 0.6)
        if (
            not is_removed("birds", stage.removed)
            and stage.palette.bright > 0.5
            and stage.dice.of("flock?").random() < 0.5
        ):
            distance.draw_flock(stage, 5)


def _air(stage: Stage, plan: Scene) -> None:
    if not stage.inside and plan.setting.enclosed not in {"cave", "space"}:
        weather.draw_weather(stage)
    if "magic" in plan.moods:
        weather.draw_sparks(stage, stage.palette.shown(rgb("#ffe9a0")))
    if "anger" in plan.moods:
        weather.draw_sparks(stage, rgb("#ff9a4a"))
    if {"hopeful", "joy"} & set(plan.moods) and not plan.weathers:
        light.draw_rays(stage, 0.1)
