"""What a scene's picture asks of its engine: size, dials, and what is refused by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from colab_worker.engines.entry import Drawing, EngineEntry
from colab_worker.engines.registry import PlanRefused, Registry
from colab_worker.engines.sizes import native_size
from colab_worker.film.quality import Canvas
from colab_worker.model_plan import model_params
from colab_worker.models.loras import LoraFile
from shared_protocol.dials import ImageOptions, Lora
from shared_protocol.errors import Code
from shared_protocol.specs import FilmSpec, SceneSpec

#: Close to the reference, and still free to pose and to light.
USUAL_SCALE = 0.6


def choose_engine(
    spec: FilmSpec, registry: Registry
) -> tuple[EngineEntry, tuple[str, ...]]:
    """The engine of the pictures, and warnings; PlanRefused names what it cannot do."""
    places = [n for n, scene in enumerate(spec.scenes) if scene.references]
    if not places:
        _refuse_idle_likeness(spec)
        return registry.get("image", spec.engine.image), ()
    if spec.engine.image != "auto":
        named = registry.get("image", spec.engine.image)
        if not named.likenesses:
            field = f"scenes.{places[0]}.references"
            raise PlanRefused(
                f"{field}: {_cannot(named, registry, spec)}.", Code.INVALID_FIELD
            )
        return named, ()
    able = registry.best_likeness()
    if able is not None:
        return able, ()
    draws = registry.get("image", "auto")
    return draws, (
        f"The reference pictures are not used: {_cannot(draws, registry, spec)}.",
    )


def given_pictures(scene: SceneSpec, engine: EngineEntry) -> dict[str, str]:
    """The pictures that came with a scene, by the names under which a unit reads them."""
    files = {"redraw": scene.redraw.sha256} if scene.redraw else {}
    if not engine.likenesses:
        return files
    return files | {
        f"references/{number:03}": reference.sha256
        for number, reference in enumerate(scene.references, start=1)
    }


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
        size = native_size(engine.drawing, *size)
        dials = _dials(spec, engine.name, engine.drawing)
        _refuse_deaf(spec, number, engine, dials.get("guidance"))
        worn = _worn(spec.image, engine, loras)
        if worn:
            dials["loras"] = worn
            files = [loras[use["name"]] for use in worn if use["fingerprint"]]
            prompt = _called(prompt, files)
        if scene.references and engine.likenesses:
            dials |= _likeness(scene, spec.image, engine)
    dials |= model_params(spec, number, engine, dials.get("steps"))
    wanted_away = (scene.negative_prompt, spec.image.negative_prompt)
    return {
        "prompt": prompt,
        "negative_prompt": ", ".join(filter(None, wanted_away)),
        "style": spec.image_style,
        "seed": seed,
        "width": size[0],
        "height": size[1],
    } | dials


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
    if not drawing.steps:
        _refuse_dials(asked, engine)
        return {"level": drawing.levels[spec.quality]} if drawing.levels else {}
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
    if not drawing.schedulers:
        if asked.scheduler is not None:
            raise _refused("scheduler", f"{engine} has no such dial; leave it out")
        return dials
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
        if engine.drawing is not None and engine.drawing.remote_loras:
            worn.append(_named_elsewhere(use, engine.name))
            continue
        if use.is_elsewhere:
            raise _refused(
                "loras",
                f"{use.name} is an address, and {engine.name} wears LoRAs of its "
                "worker; bring it there first",
            )
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


def _named_elsewhere(use: Lora, engine: str) -> dict[str, Any]:
    """A LoRA that a service fetches itself: its address is all that tells it apart."""
    if not use.is_elsewhere:
        raise _refused(
            "loras",
            f"{engine} fetches LoRAs by https address or as owner/model of Hugging Face, "
            f"and {use.name} is neither",
        )
    return {"name": use.name, "weight": use.weight, "fingerprint": ""}


def _likeness(
    scene: SceneSpec, asked: ImageOptions, engine: EngineEntry
) -> dict[str, Any]:
    kinds = engine.likenesses
    kind = next(iter(kinds)) if asked.likeness is None else asked.likeness
    if kind not in kinds:
        raise _refused(
            "likeness", f"{engine.name} keeps {', '.join(kinds)} here, not {kind}"
        )
    scale = asked.ip_adapter_scale
    return {
        "references": [
            {"name": reference.name, "weight": reference.weight}
            for reference in scene.references
        ],
        "likeness": kind,
        "adapter": kinds[kind],
        "ip_adapter_scale": USUAL_SCALE if scale is None else scale,
    }


def _cannot(engine: EngineEntry, registry: Registry, spec: FilmSpec) -> str:
    """Why an engine is no good for references, whose, and which one is."""
    able = [e.name for e in registry.of_kind("image") if e.likenesses]
    other = (
        f"choose one that can: {', '.join(able)}"
        if able
        else ("no engine of this worker can, so leave references out")
    )
    told = [found.name for scene in spec.scenes for found in scene.references]
    names = list(dict.fromkeys(filter(None, told)))
    whose = f"the likeness of {', '.join(names)}" if names else "a likeness"
    return f"{engine.name} cannot keep {whose}; {other}"


def _refuse_idle_likeness(spec: FilmSpec) -> None:
    for name in ("ip_adapter_scale", "likeness"):
        if getattr(spec.image, name) is not None and not spec.open:
            raise _refused(
                name, "no scene has references, so it would do nothing; leave it out"
            )


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
