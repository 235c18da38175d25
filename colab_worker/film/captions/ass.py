"""Captions as Advanced SubStation Alpha, which libass draws into the picture.

Nothing in a user's text is ever taken for markup: braces are escaped, a backslash is
followed by an invisible word joiner, and a line break is a space.
"""

from __future__ import annotations

from collections.abc import Iterable

from colab_worker.film.captions.animations import Stage, animated
from colab_worker.film.captions.cues import Cue
from colab_worker.film.captions.fonts import FontBook, Run
from colab_worker.film.captions.looks import ALIGNMENTS, STYLES, Frame, Look, Style

_WORD_JOINER = "\u2060"
_STYLE_FIELDS = (
    "Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, "
    "BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, "
    "BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding"
)
_EVENT_FIELDS = (
    "Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text"
)
#: BorderStyle: 1 is outline and shadow, 4 is libass's one plate behind all lines.
_OUTLINED, _PLATE = 1, 4
#: Encoding: the direction of writing is that of the text.
_AUTO_DIRECTION = -1
#: Fonts of scripts with tall marks would push the lines too far apart: they are drawn
#: smaller than the caption's own where a line would be taller than this, in letters.
_TALLEST_LINE = 1.75
#: WrapStyle: lines break only where we break them.
_NO_WRAP = 2


def document(cues: Iterable[Cue], frame: Frame, look: Look, book: FontBook) -> str:
    """The whole ``.ass`` file; ``book`` afterwards knows which fonts it needs."""
    events = [_event(cue, frame, look, book) for cue in cues]
    head = f"""[Script Info]
ScriptType: v4.00+
PlayResX: {frame.width}
PlayResY: {frame.height}
WrapStyle: {_NO_WRAP}
ScaledBorderAndShadow: yes
YCbCr Matrix: TV.709

[V4+ Styles]
Format: {_STYLE_FIELDS}
Style: {_style(frame, look, book)}

[Events]
Format: {_EVENT_FIELDS}"""
    return "\n".join([head, *events, ""])


def escaped(text: str) -> str:
    """``text`` as it is, whatever it holds."""
    flat = " ".join(text.split())
    joined = flat.replace("\\", "\\" + _WORD_JOINER)
    return joined.replace("{", "\\{").replace("}", "\\}")


def _style(frame: Frame, look: Look, book: FontBook) -> str:
    style = STYLES[look.style]
    letter = frame.letter_px * style.size
    # Karaoke: PrimaryColour is that of words already heard.
    first = style.heard if look.animation == "karaoke" else style.colour
    margin = frame.margin_px(look.position)
    fields: tuple[object, ...] = (
        "Caption",
        style.family,
        round(letter * book.own.line_height, 1),
        *(first, style.colour, style.edge, style.back),
        *(0, -int(style.italic), 0, 0),
        *(100, 100, round(letter * style.spacing, 2), 0),
        _PLATE if style.plate else _OUTLINED,
        round(letter * style.outline, 2),
        round(letter * style.shadow, 2),
        ALIGNMENTS[look.position],
        *(frame.side_px, frame.side_px, margin),
        _AUTO_DIRECTION,
    )
    return ",".join(map(str, fields))


def _event(cue: Cue, frame: Frame, look: Look, book: FontBook) -> str:
    style = STYLES[look.style]

    def runs(text: str) -> list[tuple[float, str]]:
        shown = book.runs(text.upper() if style.upper else text)
        letter = frame.letter_px * style.size
        return [
            ((run.face or book.own).width(run.text), _in_font(run, style, letter))
            for run in shown
        ]

    blur = round(frame.letter_px * style.blur, 1)
    soft = rf"{{\blur{blur}}}" if blur else ""
    stage = Stage(frame, look, runs, _hidden(style), visible=_opacities(style))
    text = soft + animated(cue, stage)
    return (
        f"Dialogue: 0,{_clock(cue.start_s)},{_clock(cue.end_s)},Caption,,0,0,0,,{text}"
    )


def _hidden(style: Style) -> str:
    """A plate stays: it is there before what is written on it."""
    return r"\alpha&HFF&" + (rf"\4a&H{style.back[2:4]}&" if style.plate else "")


def _opacities(style: Style) -> str:
    """Tags for the opacities that the colours (&HAABBGGRR) begin with."""
    parts = {1: style.colour, 3: style.edge, 4: style.back}
    return "".join(rf"\{part}a&H{colour[2:4]}&" for part, colour in parts.items())


def _in_font(run: Run, style: Style, letter_px: float) -> str:
    """Escaped text, with a font named where the caption's own cannot draw it.

    Such fonts are upright and of one weight: they are made bold where the style is.
    Letters that are joined, as in Arabic, must not be spaced.
    """
    if run.face is None:
        return escaped(run.text)
    size = round(letter_px * min(run.face.line_height, _TALLEST_LINE), 1)
    tags = rf"\fn{run.face.family}\fs{size}\fsp0\b{int(style.heavy)}\i0"
    return rf"{{{tags}}}{escaped(run.text)}{{\fn\fs\fsp\b\i}}"


def _clock(seconds: float) -> str:
    centis = max(round(seconds * 100), 0)
    minutes, centis = divmod(centis, 6000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{centis // 100:02}.{centis % 100:02}"
