"""Where fonts are: in wheels that come along, then in the machine's own folders."""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path

import font_roboto

from colab_worker.film.captions.glyphs import Face, read_face

#: The faces of Roboto that the caption styles name.
ROBOTO = ("Roboto", "RobotoItalic", "RobotoMedium", "RobotoLight", "RobotoBlack")
#: Faces of the collection of Chinese, Japanese and Korean, by language.
_CJK = {"ja": 0, "ko": 1, "zh": 2, "zh-tw": 3, "zh-hant": 3, "yue": 4, "zh-hk": 4}
_CJK_OTHERWISE = "zh"
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


def roboto(face: str) -> Face:
    """A face of ``ROBOTO``."""
    found = read_face(Path(str(getattr(font_roboto, face))))
    if found is None:
        raise FileNotFoundError(f"the font {face} is damaged; reinstall font-roboto")
    return found


def wheels(language: str) -> Iterator[Face]:
    """The fonts that come along: Noto Sans of all scripts, symbols, and emoji at last.

    ``language`` decides how a character looks that Chinese and Japanese write apart.
    """
    folder = Path(str(files("manimgx_fonts")))
    collection = Path(str(files("noto_cjk_sans_otc"))) / "NotoSansCJK-Regular.ttc"
    scripts = {
        path for path in folder.glob("NotoSans*.ttf") if "Italic" not in path.name
    }
    symbols = {path for path in scripts if "Symbols" in path.name}
    yield from _faces([*sorted(scripts - symbols), *symbols])
    yield from _faces([collection], _cjk_number(language))
    yield from _faces(folder.glob("NotoEmoji*.ttf"))


def machine(folders: tuple[Path, ...] | None = None) -> Iterator[Face]:
    """The fonts of this machine, or of ``folders``: upright regular sans first."""
    yield from _faces(_found(_system_folders() if folders is None else folders))


def _faces(paths: Iterable[Path], number: int = 0) -> Iterator[Face]:
    found = (read_face(path, number) for path in paths)
    return (face for face in found if face is not None)


def _cjk_number(language: str) -> int:
    for known in (language, language.split("-")[0], _CJK_OTHERWISE):
        if known in _CJK:
            return _CJK[known]
    raise AssertionError("the last of them is known")


def _system_folders() -> tuple[Path, ...]:
    names = _FOLDERS.get(sys.platform, ())
    return tuple(Path(name).expanduser() for name in names)


@functools.lru_cache(maxsize=8)
def _found(folders: tuple[Path, ...]) -> tuple[Path, ...]:
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
