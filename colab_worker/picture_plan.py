"""What a scene's picture asks of its engine: size, dials, and what is refused by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from colab_worker.engines.entry import Drawing, EngineEntry
from colab_worker.engines.registry import PlanRefused
from colab_worker.film.quality import Canvas
from colab_worker.models.loras import LoraFile
from shared_protocol.errors import Code
from shared_protocol.jobs import FilmSpec, ImageOptions

#: Models are trained on sizes that are multiples of a sixteenth of their side.
_PARTS = 16
#: No decoder takes sides that are no multiple of this.
_LEAST_MULTIPLE = 8


def picture_params(
    spec: FilmSpec,
    number: int,
    seed: int,
    engine: EngineEntry,
    frame: Canvas,
    loras: Mapping[str, LoraFile],
) -> dict[str, Any]:
    """The parameters of an image unit; PlanRefused for a dial the engine lacks."""
    scene = spec.scenes[number - 1]
    size = frame.width, frame.height
    dials: dict[str, Any] = {}
    prompt = scene.image_prompt
    if engine.drawing is None:
        _refuse_dials(spec.image, engine.name)
    else:
        size = native_size(engine.drawing.side, *size)
        dials = _dials(spec, engine.name, engine.drawing)
        _refuse_deaf(spec, number, engine, dials.get("guidance"))
        worn = _worn(spec.image, engine, loras)
        if worn:
            dials["loras"] = worn
            prompt = _called(prompt, [loras[use["name"]] for use in worn])
    wanted_away = (scene.negative_prompt, spec.image.negative_prompt)
    return {
        "prompt": prompt,
        "negative_prompt": ", ".join(filter(None, wanted_away)),
        "style": spec.image_style,
        "seed": seed,
        "width": size[0],
        "height": size[1],
    } | dials


def native_size(side: int, width: int, height: int) -> tuple[int, int]:
    """The size near the model's native area whose shape is most like the frame's."""
    step = max(_LEAST_MULTIPLE, side // _PARTS)
    shape, area = width / height, side * side

    def cost(size: tuple[int, int]) -> float:
        across, down = size
        return abs(across * down / area - 1) + abs(across / down / shape - 1)

    rows = range(step, 2 * side + 1, step)
    sizes = ((max(step, round(row * shape / step) * step), row) for row in rows)
    return min(sizes, key=cost)


def _refuse_dials(asked: ImageOptions, engine: str) -> None:
    for name in ("steps", "guidance", "scheduler", "loras"):
        if getattr(asked, name) not in (None, ()):
            raise _refused(name, f"{engine} has no such dial; leave it out")


def _refuse_deaf(
    spec: FilmSpec, number: int, engine: EngineEntry, guidance: float | None
) -> None:
    """What shall not be shown is only heard by a model that is guided."""
    if engine.drawing is None or (engine.drawing.negative and (guidance or 0) > 1):
        return
    how = "draws without guidance" if engine.drawing.negative else "only hears wishes"
    why = f"{engine.name} {how}, so nothing can be kept away; leave it out"
    if spec.image.negative_prompt:
        raise _refused("negative_prompt", why)
    if spec.scenes[number - 1].negative_prompt:
        field = f"scenes.{number - 1}.negative_prompt"
        raise PlanRefused(f"{field}: {why}.", Code.INVALID_FIELD)


def _dials(spec: FilmSpec, engine: str, drawing: Drawing) -> dict[str, Any]:
    asked = spec.image
    steps = drawing.steps[spec.quality] if asked.steps is None else asked.steps
    if not drawing.least_steps <= steps <= drawing.most_steps:
        raise _refused(
            "steps",
            f"{engine} draws in {drawing.least_steps} to {drawing.most_steps} steps, "
            f"not in {steps}",
        )
    dials: dict[str, Any] = {"steps": steps}
    if drawing.guidance is not None:
        dials["guidance"] = _guidance(asked.guidance, engine, drawing)
    elif asked.guidance is not None:
        raise _refused("guidance", f"{engine} has no such dial; leave it out")
    dials["scheduler"] = asked.scheduler or drawing.schedulers[0]
    if dials["scheduler"] not in drawing.schedulers:
        raise _refused(
            "scheduler",
            f"{engine} does not draw with {asked.scheduler}; choose one of: "
            f"{', '.join(drawing.schedulers)}",
        )
    return dials


def _guidance(asked: float | None, engine: str, drawing: Drawing) -> float | None:
    if asked is not None and asked > drawing.most_guidance:
        raise _refused(
            "guidance",
            f"{engine} takes 0 to {drawing.most_guidance:g}, not {asked:g}",
        )
    return drawing.guidance if asked is None else asked


def _worn(
    asked: ImageOptions, engine: EngineEntry, loras: Mapping[str, LoraFile]
) -> list[dict[str, Any]]:
    """The LoRAs with the marks of their files, so that another file draws anew."""
    worn = []
    for use in asked.loras:
        file = loras.get(use.name)
        if file is None:
            names = ", ".join(loras) or "none"
            raise _refused("loras", f"{use.name!r} is not on this worker, {names} is")
        if engine.drawing is None or file.family != engine.drawing.family:
            raise _refused(
                "loras", f"{use.name} is made for {file.family}, not for {engine.name}"
            )
        mark = {"name": use.name, "weight": use.weight}
        worn.append(mark | {"fingerprint": file.fingerprint})
    return worn


def _called(prompt: str, files: list[LoraFile]) -> str:
    """The prompt with the trigger words that it lacks: without them little happens."""
    missing = [
        file.trigger
        for file in files
        if file.trigger and file.trigger.lower() not in prompt.lower()
    ]
    return ", ".join([prompt.rstrip(" .,"), *missing]) if missing else prompt


def _refused(dial: str, why: str) -> PlanRefused:
    return PlanRefused(f"image.{dial}: {why}.", Code.INVALID_FIELD)
