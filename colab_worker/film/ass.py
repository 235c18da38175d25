"""Captions as Advanced SubStation Alpha, which libass draws into the picture.

Nothing in a user's text is ever taken for markup: braces are escaped, a backslash is
followed by an invisible word joiner, and a line break is a space.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from colab_worker.film.cues import MAX_LINE_CHARS, Cue, TimedWord
from colab_worker.film.fonts import FAMILY

#: Seconds that a caption takes to come or go.
MOTION_S = 0.3
#: Mean width of a letter, in shares of the font size.
LETTER_WIDTH = 0.52
_WORD_JOINER = "\u2060"


@dataclass(frozen=True)
class Look:
    """How captions look: the words of the vocabulary."""

    style: str
    position: str
    animation: str


@dataclass(frozen=True)
class _Style:
    """One style of the vocabulary; colours are &HAABBGGRR, sizes shares of the font."""

    colour: str = "&H00FFFFFF"
    sung: str = "&H0000D7FF"
    edge: str = "&H00000000"
    back: str = "&H00000000"
    bold: bool = False
    italic: bool = False
    size: float = 1.0
    spacing: float = 0.0
    box: bool = False
    outline: float = 0.06
    shadow: float = 0.0
    upper: bool = False


_STYLES = {
    "simple": _Style(),
    "bold": _Style(bold=True, size=1.2, outline=0.1, upper=True),
    "minimal": _Style(size=0.8, outline=0.0, shadow=0.05, back="&H60000000"),
    "cinematic": _Style(
        colour="&H00D6F2FF", italic=True, spacing=0.05, outline=0.025, shadow=0.06,
        back="&H50000000",
    ),
    "horror": _Style(
        colour="&H002A2AE0", edge="&H00000020", sung="&H00FFFFFF", bold=True,
        outline=0.09, shadow=0.1, back="&H00000030", size=1.1,
    ),
    "elegant": _Style(
        colour="&H00C8E6F5", sung="&H00FFFFFF", spacing=0.08, box=True, outline=0.22,
        edge="&H70201810", back="&H70201810", size=0.9,
    ),
}  # fmt: skip
_ALIGNMENT = {
    "bottom_left": 1,
    "bottom": 2,
    "bottom_right": 3,
    "center": 5,
    "top_left": 7,
    "top": 8,
    "top_right": 9,
}


@dataclass(frozen=True)
class Frame:
    """The picture that captions are drawn on, in pixels."""

    width: int
    height: int

    @property
    def font_px(self) -> int:
        """Height of the letters: readable on a phone as well as on a screen."""
        share = 0.052 if self.width > self.height else 0.06
        return round(min(self.width, self.height) * share)

    @property
    def side_px(self) -> int:
        """Margin left and right."""
        return round(self.width * (0.06 if self.width > self.height else 0.09))

    @property
    def end_px(self) -> int:
        """Margin above and below; tall films keep clear of what phones put there."""
        return round(self.height * (0.07 if self.width >= self.height else 0.16))


def line_chars(frame: Frame, look: Look) -> int:
    """Characters that fit one line of ``frame`` in the style of ``look``."""
    style = _STYLES[look.style]
    letter = frame.font_px * style.size * (LETTER_WIDTH + style.spacing)
    room = frame.width - 2 * frame.side_px
    return max(8, min(MAX_LINE_CHARS, int(room / letter)))


def document(cues: Iterable[Cue], frame: Frame, look: Look) -> str:
    """The whole ``.ass`` file."""
    events = [_event(cue, frame, look) for cue in cues]
    return "\n".join([_head(frame, look), *events, ""])


def escaped(text: str) -> str:
    """``text`` as it is, whatever it holds."""
    flat = " ".join(text.split())
    joined = flat.replace("\\", "\\" + _WORD_JOINER)
    return joined.replace("{", "\\{").replace("}", "\\}")


def _head(frame: Frame, look: Look) -> str:
    style = _STYLES[look.style]
    size = round(frame.font_px * style.size)
    colours = [style.colour, style.sung, style.edge, style.back]
    if look.animation == "karaoke":  # unsung words wear the secondary colour
        colours[:2] = [style.sung, style.colour]
    fields = [
        "Caption", FAMILY, size, *colours, -int(style.bold), -int(style.italic), 0, 0,
        100, 100, round(size * style.spacing, 2), 0, 3 if style.box else 1,
        round(size * style.outline, 2), round(size * style.shadow, 2),
        _ALIGNMENT[look.position], frame.side_px, frame.side_px, frame.end_px, 1,
    ]  # fmt: skip
    return "\n".join(
        [
            "[Script Info]",
            "ScriptType: v4.00+",
            f"PlayResX: {frame.width}",
            f"PlayResY: {frame.height}",
            "WrapStyle: 0",
            "ScaledBorderAndShadow: yes",
            "YCbCr Matrix: TV.709",
            "",
            "[V4+ Styles]",
            "Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, "
            "OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, "
            "ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, "
            "MarginR, MarginV, Encoding",
            "Style: " + ",".join(str(field) for field in fields),
            "",
            "[Events]",
            "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, "
            "Text",
        ]
    )


def _event(cue: Cue, frame: Frame, look: Look) -> str:
    upper = _STYLES[look.style].upper
    animate = _ANIMATIONS[look.animation]
    text = animate(cue, _Stage(frame, look, upper))
    times = f"{_clock(cue.start_s)},{_clock(cue.end_s)}"
    return f"Dialogue: 0,{times},Caption,,0,0,0,,{text}"


@dataclass(frozen=True)
class _Stage:
    frame: Frame
    look: Look
    upper: bool

    def word(self, word: TimedWord) -> str:
        return escaped(word.text.upper() if self.upper else word.text)

    def plain(self, cue: Cue) -> str:
        return r"\N".join(" ".join(map(self.word, line)) for line in cue.lines)

    def anchor(self) -> tuple[int, int]:
        """The point that the caption's alignment refers to."""
        column, row = (
            (_ALIGNMENT[self.look.position] - 1) % 3,
            (_ALIGNMENT[self.look.position] - 1) // 3,
        )
        frame = self.frame
        across = (frame.side_px, frame.width // 2, frame.width - frame.side_px)
        down = (frame.height - frame.end_px, frame.height // 2, frame.end_px)
        return across[column], down[row]


def _none(cue: Cue, stage: _Stage) -> str:
    return stage.plain(cue)


def _fade_in(cue: Cue, stage: _Stage) -> str:
    return rf"{{\fad({_millis(MOTION_S)},0)}}" + stage.plain(cue)


def _fade_out(cue: Cue, stage: _Stage) -> str:
    return rf"{{\fad(0,{_millis(MOTION_S)})}}" + stage.plain(cue)


def _slide(cue: Cue, stage: _Stage, direction: int) -> str:
    across, down = stage.anchor()
    start = down + direction * 2 * stage.frame.font_px
    span = _millis(min(MOTION_S, (cue.end_s - cue.start_s) / 2))
    move = rf"\move({across},{start},{across},{down},0,{span})\fad({span},0)"
    return f"{{{move}}}" + stage.plain(cue)


def _slide_up(cue: Cue, stage: _Stage) -> str:
    return _slide(cue, stage, 1)


def _slide_down(cue: Cue, stage: _Stage) -> str:
    return _slide(cue, stage, -1)


def _typewriter(cue: Cue, stage: _Stage) -> str:
    """Every letter appears within the time of its word."""

    def typed(word: TimedWord) -> str:
        letters = stage.word(word) if word.text.isalnum() else None
        if letters is None:  # markup must not be cut: such a word comes as a whole
            return _appear(word.start_s - cue.start_s) + stage.word(word)
        step = (word.end_s - word.start_s) / max(len(letters), 1)
        return "".join(
            _appear(word.start_s - cue.start_s + step * n) + letter
            for n, letter in enumerate(letters)
        )

    return r"\N".join(" ".join(map(typed, line)) for line in cue.lines)


def _appear(seconds: float) -> str:
    millis = _millis(max(seconds, 0.0))
    return rf"{{\alpha&HFF&\t({millis},{millis + 1},\alpha&H00&)}}"


def _pulse(cue: Cue, stage: _Stage) -> str:
    """Grows and shrinks by a little, once a second."""
    beats = []
    for second in range(int(cue.end_s - cue.start_s) + 1):
        begin = second * 1000
        beats.append(rf"\t({begin},{begin + 200},\fscx110\fscy110)")
        beats.append(rf"\t({begin + 200},{begin + 600},\fscx100\fscy100)")
    return f"{{{''.join(beats)}}}" + stage.plain(cue)


def _karaoke(cue: Cue, stage: _Stage) -> str:
    """Each word takes the colour of the style as it is heard."""
    parts, at = [], cue.start_s
    for number, line in enumerate(cue.lines):
        sung = []
        for word in line:
            wait, span = _centis(word.start_s - at), _centis(word.end_s - word.start_s)
            sung.append((rf"{{\k{wait}}}" if wait else "") + rf"{{\kf{span}}}")
            sung[-1] += stage.word(word)
            at = word.end_s
        parts.append((r"\N" if number else "") + " ".join(sung))
    return "".join(parts)


_ANIMATIONS: dict[str, Callable[[Cue, _Stage], str]] = {
    "none": _none,
    "fade_in": _fade_in,
    "fade_out": _fade_out,
    "slide_up": _slide_up,
    "slide_down": _slide_down,
    "typewriter": _typewriter,
    "pulse": _pulse,
    "karaoke": _karaoke,
}


def _clock(seconds: float) -> str:
    centis = max(round(seconds * 100), 0)
    minutes, centis = divmod(centis, 6000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{centis // 100:02}.{centis % 100:02}"


def _millis(seconds: float) -> int:
    return round(seconds * 1000)


def _centis(seconds: float) -> int:
    return max(round(seconds * 100), 0)
