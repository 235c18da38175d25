"""How captions look and where they stand: styles, positions, margins, sizes."""

from __future__ import annotations

from dataclasses import dataclass

from colab_worker.film.captions.fonts import FontBook
from colab_worker.film.captions.measure import Measure, by_characters


@dataclass(frozen=True)
class Look:
    """How captions look: three words of the vocabulary."""

    style: str
    position: str
    animation: str


@dataclass(frozen=True)
class Style:
    """One style; colours are &HAABBGGRR, lengths are shares of the letter size."""

    #: File of the font's wheel, and the family name inside it.
    face: str = "RobotoMedium"
    family: str = "Roboto Medium"
    colour: str = "&H00FFFFFF"
    #: Colour of a word that has been heard, in karaoke.
    heard: str = "&H0033C8FF"
    edge: str = "&H00000000"
    back: str = "&H80000000"
    italic: bool = False
    size: float = 1.0
    spacing: float = 0.0
    #: One dark plate behind all lines.
    plate: bool = False
    outline: float = 0.07
    shadow: float = 0.0
    blur: float = 0.0
    upper: bool = False
    #: Letters of other fonts are made bold.
    heavy: bool = False


STYLES = {
    "simple": Style(),
    "bold": Style(
        face="RobotoBlack",
        family="Roboto Black",
        size=1.2,
        outline=0.13,
        shadow=0.06,
        upper=True,
        heavy=True,
    ),
    "minimal": Style(
        face="Roboto", family="Roboto", size=0.8, outline=0.03, edge="&H70000000",
        shadow=0.04, blur=0.03,
    ),
    "cinematic": Style(
        face="RobotoItalic", family="Roboto", italic=True, colour="&H00D6F2FF",
        spacing=0.04, outline=0.05, shadow=0.08, blur=0.02,
    ),
    "horror": Style(
        face="RobotoBlack", family="Roboto Black", colour="&H001C1CD8",
        heard="&H00FFFFFF", edge="&H00000018", back="&H30000030", size=1.1,
        spacing=0.05, outline=0.10, shadow=0.12, blur=0.08, heavy=True,
    ),
    "elegant": Style(
        face="RobotoLight", family="Roboto Light", colour="&H00D8F0FA",
        back="&H60201810", size=0.95, spacing=0.08, plate=True, outline=0.0,
        shadow=0.35,
    ),
}  # fmt: skip

#: The number keys' layout: 1 is bottom left, 9 is top right.
ALIGNMENTS = {
    "bottom_left": 1,
    "bottom": 2,
    "bottom_right": 3,
    "center": 5,
    "top_left": 7,
    "top": 8,
    "top_right": 9,
}
#: A caption in a corner leaves the rest of the width free.
CORNER_SHARE = 0.6


@dataclass(frozen=True)
class Frame:
    """The picture that captions are drawn on, in pixels.

    Tall films keep clear of what phone apps put over them: title and buttons below,
    tabs above, icons at the side.
    """

    width: int
    height: int

    @property
    def tall(self) -> bool:
        """Held upright."""
        return self.height > self.width

    @property
    def letter_px(self) -> float:
        """Size of the letters: readable on a phone as well as on a screen."""
        share = 0.050 if self.width > self.height else 0.058
        return min(self.width, self.height) * share

    @property
    def side_px(self) -> int:
        """Margin left and right."""
        return round(self.width * (0.11 if self.tall else 0.06))

    @property
    def top_px(self) -> int:
        """Margin above."""
        return round(self.height * (0.13 if self.tall else 0.07))

    @property
    def bottom_px(self) -> int:
        """Margin below."""
        return round(self.height * (0.20 if self.tall else 0.07))

    def margin_px(self, position: str) -> int:
        """Margin above or below, whichever ``position`` leans on."""
        return self.top_px if ALIGNMENTS[position] >= 7 else self.bottom_px

    def anchor(self, position: str) -> tuple[int, int]:
        """The point that a caption at ``position`` hangs on."""
        row, column = divmod(ALIGNMENTS[position] - 1, 3)
        across = (self.side_px, self.width // 2, self.width - self.side_px)
        down = (self.height - self.bottom_px, self.height // 2, self.top_px)
        return across[column], down[row]


def line_measure(frame: Frame, look: Look, book: FontBook) -> Measure:
    """The share of a line that a text fills: by characters or pixels, the larger."""
    style = STYLES[look.style]
    room = frame.width - 2 * frame.side_px
    if "_" in look.position:
        room = round(room * CORNER_SHARE)
    letter = frame.letter_px * style.size

    def measure(text: str) -> float:
        shown = text.upper() if style.upper else text
        width = (book.width(shown) + style.spacing * len(shown)) * letter
        return max(by_characters(shown), width / room)

    return measure
