"""How each image style is said to a picture model: words after the scene's own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Style:
    """Words that make the style, and words for what would spoil it."""

    words: str
    never: str


#: What no picture is better for.
FLAWS = "blurry, deformed, disfigured, extra limbs, bad anatomy, text, watermark, logo"

STYLES = {
    "cinematic": Style(
        "cinematic film still, shallow depth of field, dramatic light, film grain",
        "cartoon, drawing, flat light",
    ),
    "documentary": Style(
        "documentary photograph, natural light, candid, 35mm",
        "staged, glossy, cartoon",
    ),
    "anime": Style(
        "anime key visual, cel shading, clean lines, vivid colours",
        "photograph, 3d render",
    ),
    "horror": Style(
        "dark horror, eerie mist, low key light, desaturated, unsettling",
        "cheerful, bright colours",
    ),
    "comic": Style(
        "comic book art, bold ink outlines, halftone shading, flat colours",
        "photograph, soft focus",
    ),
    "historical": Style(
        "period painting, authentic costume and setting, aged pigments, warm light",
        "modern objects, neon",
    ),
    "scifi": Style(
        "science fiction concept art, futuristic design, volumetric light",
        "medieval, rustic",
    ),
    "noir": Style(
        "film noir, black and white, hard shadows, venetian blinds light",
        "colour, bright",
    ),
    "fantasy": Style(
        "epic fantasy illustration, magical light, intricate detail",
        "modern objects, photograph",
    ),
    "3d_render": Style(
        "3d render, global illumination, soft materials, studio quality",
        "flat, drawing, photograph",
    ),
    "sketch": Style(
        "pencil sketch on paper, graphite hatching, loose lines",
        "colour, photograph",
    ),
    "watercolor": Style(
        "watercolour painting, wet washes, paper texture, soft edges",
        "photograph, hard outlines",
    ),
    "oil_painting": Style(
        "oil painting on canvas, visible brush strokes, rich colour",
        "photograph, flat colours",
    ),
    "retro": Style(
        "vintage photograph from the 1970s, faded colours, light leaks",
        "modern, crisp digital",
    ),
    "realistic": Style(
        "realistic photograph, sharp focus, natural skin and materials",
        "painting, cartoon, 3d render",
    ),
    "abstract": Style(
        "abstract art, expressive shapes, bold composition",
        "photograph, realistic detail",
    ),
}


def styled(prompt: str, style: str) -> str:
    """The scene's words first: what comes last is what a model forgets first."""
    return f"{prompt.rstrip(' .,')}, {STYLES[style].words}"


def unwanted(negative: str, style: str) -> str:
    """What the scene and the style do not want, the scene's own words first."""
    return ", ".join(filter(None, (negative, STYLES[style].never, FLAWS)))
