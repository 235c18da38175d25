"""A scene's picture, and the small preview of it that a page shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image

from colab_worker.engines.base import (
    BadInput,
    DrawsTogether,
    ImageEngine,
    ImageRequest,
    LoraUse,
    Piece,
    ReferenceUse,
    ShowsItsWork,
    Tick,
    UnitCall,
    UnitFile,
    UnitOutput,
)
from colab_worker.film.png_text import add_text

PREVIEW_WIDTH = 320
PICTURE = "picture.png"


def run(call: UnitCall, engine: ImageEngine, tick: Tick) -> UnitOutput:
    """Writes ``picture.png`` and ``preview.webp``."""
    request = _request(call)
    picture = call.out_dir / PICTURE
    if isinstance(engine, ShowsItsWork):
        engine.show_to(call.show)
    told = engine.draw(request, picture, _scaled(tick))
    return _finished(call, request, told or {}, tick)


def run_together(
    calls: Sequence[UnitCall],
    engine: DrawsTogether,
    tick: Callable[[int, float, str], None],
    part: Callable[[int, UnitOutput], None],
) -> None:
    """The files of several scenes, drawn in one call; each is told when it is there."""

    def piece(number: int, call: UnitCall) -> Piece:
        request, own = _request(call), partial(tick, number)

        def made(facts: Mapping[str, Any]) -> None:
            part(number, _finished(call, request, facts, own))

        out = call.out_dir / PICTURE
        return Piece(request, out, _scaled(own), made, call.show)

    engine.draw_together([piece(number, call) for number, call in enumerate(calls)])


def _scaled(tick: Tick) -> Tick:
    return lambda part, note: tick(part * 0.95, note)


def _finished(
    call: UnitCall, request: ImageRequest, told: Mapping[str, Any], tick: Tick
) -> UnitOutput:
    picture = call.out_dir / PICTURE
    with Image.open(picture) as image:
        height = max(1, round(image.height * PREVIEW_WIDTH / image.width))
        preview = image.convert("RGB").resize((PREVIEW_WIDTH, height))
    preview.save(call.out_dir / "preview.webp", quality=70, method=4)
    add_text(picture, _about(call, told))
    tick(1.0, "drawn")
    return UnitOutput(
        files=(
            UnitFile(PICTURE, "image/png"),
            UnitFile("preview.webp", "image/webp"),
        ),
        facts={
            "width": request.width,
            "height": request.height,
            "seed": request.seed,
            **told,
        },
    )


def _request(call: UnitCall) -> ImageRequest:
    params = dict(call.params)
    params.pop("adapter", None)  # it only tells keys apart
    params["loras"] = tuple(LoraUse(**use) for use in params.get("loras", ()))
    params["references"] = tuple(
        ReferenceUse(call.inputs[f"references/{number:03}"], **use)
        for number, use in enumerate(params.get("references", ()), start=1)
    )
    params["redraw"] = call.inputs.get("redraw")
    for use in params["references"]:
        _require(use.path, "a reference picture")
    if params["redraw"] is not None:
        _require(params["redraw"], "the picture to redraw")
    return ImageRequest(**params)


def _require(file: Path, what: str) -> None:
    if not file.is_file():
        raise BadInput(
            f"{what} is not on this worker any more",
            hint="send it again, or leave it out",
        )


def _about(call: UnitCall, facts: Mapping[str, Any]) -> dict[str, str]:
    """What the file says of itself, by the keywords that readers of PNG know."""
    params: dict[str, Any] = call.params
    dials = ("style", "seed", "steps", "guidance", "scheduler", "ip_adapter_scale",
             "strength", "negative_prompt")  # fmt: skip
    told = [
        f"{name.replace('_', ' ')}: {params[name]}"
        for name in dials
        if params.get(name) not in (None, "")
    ]
    if "batch" in facts:  # it rounds otherwise than a picture that is drawn alone
        told.append(f"batch: {facts['batch']}")
    return {
        "Description": params["prompt"],
        "Software": "Moonreel",
        "Source": call.engine,
        "Comment": "; ".join(told),
    }
