"""The fonts that captions are drawn with: those of a wheel, then the machine's own."""

from __future__ import annotations

import functools
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import font_roboto
from PIL import ImageFont

from colab_worker.film.captions.glyphs import characters
from colab_worker.film.captions.measure import is_wide

#: Where systems keep fonts; what is not there is passed over.
_FOLDERS = {
    "linux": (
        "/usr/share/fonts",
        "/usr/local/share/fonts",
        "~/.fonts",
        "~/.local/share/fonts",
    ),
    "darwin": ("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts"),
    "win32": ("C:/Windows/Fonts",),
}
_SUFFIXES = {".ttf", ".otf", ".ttc"}
#: Characters that are never drawn, or only change their neighbours.
_INVISIBLE = frozenset("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\ufe0e\ufe0f\u00ad")
#: Height of a line in shares of the letter size (Roboto's winAscent and winDescent):
#: an ASS font size means the line, as in Windows.
LINE_HEIGHT = (2146 + 555) / 2048
_MEASURED_AT = 100


class Run(NamedTuple):
    """A stretch of text in one font; ``family`` None is the caption's own."""

    text: str
    family: str | None


class FontBook:
    """Finds a font for every character, and remembers which it used and missed."""

    def __init__(self, face: str, folders: tuple[Path, ...] | None = None) -> None:
        """``face`` is the name of a file of the wheel, such as ``RobotoMedium``."""
        self._own = Path(str(getattr(font_roboto, face)))
        self._folders = _system_folders() if folders is None else folders
        self._used: dict[Path, str] = {}
        self._missing: dict[str, None] = {}

    @property
    def missing(self) -> list[str]:
        """Characters that no font can draw, each once, in order of appearance."""
        return list(self._missing)

    def runs(self, text: str) -> list[Run]:
        """``text`` in stretches of one font, without what cannot be drawn."""
        runs: list[Run] = []
        family: str | None = None
        for character in text:
            if character not in _INVISIBLE and not character.isspace():
                path = self._path(character)
                if path is None:
                    self._missing[character] = None
                    continue
                family = self._used.get(path)
            if runs and runs[-1].family == family:
                runs[-1] = Run(runs[-1].text + character, family)
            else:
                runs.append(Run(character, family))
        return runs

    def width(self, text: str) -> float:
        """The width of ``text`` in shares of the letter size."""
        known = characters(self._own)
        own = "".join(c for c in text if ord(c) in known)
        other = (c for c in text if ord(c) not in known)
        em = _font(self._own).getlength(own) / _MEASURED_AT
        return float(em) + sum(1.0 if is_wide(c) else 0.6 for c in other)

    def place(self, folder: Path) -> None:
        """Makes ``folder`` with all fonts that the text asked for so far."""
        folder.mkdir()
        for path in (*_wheel(), *self._used):
            shutil.copyfile(path, folder / path.name)

    def _path(self, character: str) -> Path | None:
        code = ord(character)
        if code in characters(self._own):
            return self._own
        for path in (*self._used, *_system_fonts(self._folders)):
            if code in characters(path):
                self._used.setdefault(path, _family(path))
                return path
        return None


def _wheel() -> Iterator[Path]:
    """The faces that the caption styles name."""
    for face in (
        "Roboto",
        "RobotoItalic",
        "RobotoMedium",
        "RobotoLight",
        "RobotoBlack",
    ):
        yield Path(str(getattr(font_roboto, face)))


def _system_folders() -> tuple[Path, ...]:
    names = _FOLDERS.get(sys.platform, ())
    return tuple(Path(name).expanduser() for name in names)


@functools.lru_cache(maxsize=8)
def _system_fonts(folders: tuple[Path, ...]) -> tuple[Path, ...]:
    """All font files: upright regular sans first, then by name."""
    found = {
        path
        for folder in folders
        if folder.is_dir()
        for path in folder.rglob("*")
        if path.suffix.lower() in _SUFFIXES
    }

    def order(path: Path) -> tuple[bool, bool, bool, str]:
        name = path.stem.lower()
        styled = any(word in name for word in ("bold", "italic", "oblique", "light"))
        plain = "regular" in name or "-" not in name
        return styled, "mono" in name, not ("sans" in name and plain), str(path)

    return tuple(sorted(found, key=order))


@functools.lru_cache(maxsize=64)
def _family(path: Path) -> str:
    return str(ImageFont.truetype(str(path), 20).getname()[0])


@functools.lru_cache(maxsize=8)
def _font(path: Path) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(
        str(path), _MEASURED_AT, layout_engine=ImageFont.Layout.BASIC
    )
