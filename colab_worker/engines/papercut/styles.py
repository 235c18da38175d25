"""The sixteen image styles: how each cuts paper, bends colours and finishes a picture."""

from __future__ import annotations

from dataclasses import dataclass, field

from colab_worker.engines.papercut import finishes
from colab_worker.engines.papercut.canvas import Paper
from colab_worker.engines.papercut.colour import Colour, lightness, mix, rgb, shift
from colab_worker.engines.papercut.cuts import brushed, faceted, wobbly
from colab_worker.engines.papercut.finishes import Finish
from colab_worker.engines.papercut.palette import Grade


@dataclass(frozen=True)
class Style:
    """Paper, colours and finishing steps of an image style."""

    grade: Grade
    paper: Paper = field(default_factory=Paper)
    finish: tuple[Finish, ...] = (finishes.grain(0.05),)


def _natural(colour: Colour) -> Colour:
    return _harder(shift(mix(colour, rgb("#a39a86"), 0.05), chroma=0.98), 1.16)


def _cinematic(colour: Colour) -> Colour:
    level = lightness(colour)
    tone, share = (rgb("#0b4658"), 0.3) if level < 0.55 else (rgb("#ffb068"), 0.26)
    return _harder(shift(mix(colour, tone, share), chroma=1.12), 1.14)


def _documentary(colour: Colour) -> Colour:
    return _harder(shift(mix(colour, rgb("#7c8288"), 0.12), chroma=0.34), 1.1)


def _anime(colour: Colour) -> Colour:
    return shift(colour, chroma=1.38, light=1.07)


def _horror(colour: Colour) -> Colour:
    dimmed = shift(colour, chroma=0.5, light=0.8)
    return mix(
        dimmed, rgb("#4a1418") if lightness(colour) > 0.62 else rgb("#0d1512"), 0.26
    )


def _comic(colour: Colour) -> Colour:
    return shift(colour, chroma=1.5, light=1.03)


def _historical(colour: Colour) -> Colour:
    sepia = shift(rgb("#c09a62"), light=0.28 + 1.05 * lightness(colour))
    return mix(colour, sepia, 0.72)


def _scifi(colour: Colour) -> Colour:
    level = lightness(colour)
    neon = (
        rgb("#0a0f2e")
        if level < 0.35
        else rgb("#1fb7d8")
        if level < 0.7
        else rgb("#ff5fc4")
    )
    return shift(mix(colour, neon, 0.4), chroma=1.15, light=0.92)


def _noir(colour: Colour) -> Colour:
    level = lightness(colour)
    hard = min(1.0, max(0.0, (level - 0.42) * 1.9 + 0.36))
    return hard, hard, hard * 0.985


def _fantasy(colour: Colour) -> Colour:
    level = lightness(colour)
    tone, share = (rgb("#5a2aa8"), 0.3) if level < 0.6 else (rgb("#ffcf7d"), 0.34)
    return shift(mix(colour, tone, share), chroma=1.2, light=1.02)


def _clay(colour: Colour) -> Colour:
    return shift(mix(colour, rgb("#f0e6da"), 0.1), chroma=1.05)


def _graphite(colour: Colour) -> Colour:
    level = lightness(colour)
    paper = mix(rgb("#96918a"), rgb("#fbf8f1"), min(1.0, 0.2 + 1.0 * level))
    return mix(paper, colour, 0.16)


def _wash(colour: Colour) -> Colour:
    return shift(mix(colour, rgb("#fbf6ec"), 0.3), chroma=1.05)


def _oil(colour: Colour) -> Colour:
    return shift(mix(colour, rgb("#8a5a24"), 0.1), chroma=1.2, light=0.98)


def _retro(colour: Colour) -> Colour:
    inks = (
        "#2b2a3c",
        "#6e3b3a",
        "#c2552d",
        "#e08e3a",
        "#e9b95c",
        "#5f8c86",
        "#3b6470",
        "#f3e2bd",
    )
    nearest = min((rgb(ink) for ink in inks), key=lambda ink: _distance(ink, colour))
    return mix(colour, nearest, 0.72)


def _bold(colour: Colour) -> Colour:
    return shift(colour, chroma=1.6, light=1.02, turn=0.5 * (0.5 - lightness(colour)))


def _harder(colour: Colour, share: float) -> Colour:
    """More contrast: light and dark moved apart."""
    level = lightness(colour)
    return shift(colour, light=(0.5 + (level - 0.5) * share) / max(level, 0.05))


def _distance(first: Colour, second: Colour) -> float:
    return (
        sum((a - b) ** 2 for a, b in zip(first, second, strict=True))
        + 2 * (lightness(first) - lightness(second)) ** 2
    )


_INK = rgb("#17151a")

STYLES: dict[str, Style] = {
    "cinematic": Style(_cinematic, Paper(), (finishes.bloom(0.18), finishes.grain(0.04), finishes.vignette(0.42))),
    "documentary": Style(_documentary, Paper(shadow=0.26, rim=0.12), (finishes.grain(0.1),)),
    "anime": Style(_anime, Paper(shadow=0.0, rim=0.7, rim_size=0.003), (finishes.bloom(0.3),)),
    "horror": Style(_horror, Paper(shadow=0.6, bend=wobbly(0.0024, 38)), (finishes.grain(0.11), finishes.vignette(0.6))),
    "comic": Style(_comic, Paper(shadow=0.0, rim=0.0, outline=_INK, outline_size=0.0026), (finishes.halftone(0.0062, 0.5),)),
    "historical": Style(_historical, Paper(shadow=0.34, rim=0.2), (finishes.engraving(0.0052, 0.3), finishes.parchment(), finishes.vignette(0.4))),
    "scifi": Style(_scifi, Paper(shadow=0.3, rim=1.0, rim_size=0.0022), (finishes.bloom(0.35), finishes.scanlines(0.0046, 0.13))),
    "noir": Style(_noir, Paper(shadow=0.7, shadow_size=0.02, rim=0.75, rim_size=0.0024), (finishes.blinds(0.3), finishes.grain(0.13), finishes.vignette(0.5), finishes.monochrome())),
    "fantasy": Style(_fantasy, Paper(rim=0.6), (finishes.bloom(0.4), finishes.sparkles(26), finishes.grain(0.04))),
    "3d_render": Style(_clay, Paper(shadow=0.6, shadow_size=0.026, rim=0.4, rim_size=0.004, bevel=0.55), (finishes.vignette(0.2),)),
    "sketch": Style(_graphite, Paper(shadow=0.0, rim=0.0, outline=rgb("#3a3634"), outline_size=0.0014, bend=wobbly(0.0012, 24)), (finishes.hatching(0.0085), finishes.grain(0.07))),
    "watercolor": Style(_wash, Paper(shadow=0.12, shadow_size=0.007, rim=0.0, bend=wobbly(0.004, 30)), (finishes.washes(0.2), finishes.deckle(), finishes.grain(0.05))),
    "oil_painting": Style(_oil, Paper(shadow=0.3, rim=0.45, rim_size=0.003, bend=brushed(0.003)), (finishes.strokes(0.012),)),
    "retro": Style(_retro, Paper(shadow=0.2, shadow_size=0.006, rim=0.0), (finishes.halftone(0.004, 0.22), finishes.border(rgb("#f1e3c4")), finishes.grain(0.09))),
    "realistic": Style(_natural, Paper(shadow=0.2, shadow_size=0.02, rim=0.16, rim_size=0.0012), (finishes.bloom(0.15), finishes.soft_far(), finishes.grain(0.035))),
    "abstract": Style(_bold, Paper(shadow=0.5, rim=0.0, bend=faceted(0.055)), (finishes.discs(), finishes.grain(0.06))),
}  # fmt: skip
