"""Which font draws which letters: the caption's own, else the first that has them."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from colab_worker.film.captions.fontfiles import ROBOTO, machine, roboto, wheels
from colab_worker.film.captions.glyphs import Face
from colab_worker.film.captions.letters import INVISIBLE, clusters


class Run(NamedTuple):
    """A stretch of text in one font; ``face`` None is the caption's own."""

    text: str
    face: Face | None


class FontBook:
    """Finds a font for every letter, and remembers which it used and missed."""

    def __init__(
        self, face: str, folders: tuple[Path, ...] | None = None, language: str = "en"
    ) -> None:
        """``face`` is one of ``ROBOTO``; ``folders`` stand for those of the machine."""
        self.own = roboto(face)
        self._folders, self._language = folders, language
        self._used: dict[Path, Face] = {}
        self._missing: dict[str, None] = {}
        #: Each letter as it is drawn, and by which font.
        self._known: dict[str, Run] = {}

    @property
    def missing(self) -> list[str]:
        """Characters that no font can draw, each once, in order of appearance."""
        return list(self._missing)

    def runs(self, text: str) -> list[Run]:
        """``text`` in stretches of one font, without what cannot be drawn.

        A space is of the caption's own font, unless it stands within such a stretch.
        """
        runs: list[Run] = []
        spaces = ""
        for letter in clusters(text):
            if letter.isspace():
                spaces += letter
                continue
            if letter not in self._known:
                self._known[letter] = self._run(letter)
            drawn, face = self._known[letter]
            if runs and runs[-1].face == face:
                runs[-1] = Run(runs[-1].text + spaces + drawn, face)
            else:
                runs += [Run(spaces, None), Run(drawn, face)]
            spaces = ""
        runs.append(Run(spaces, None))
        return _joined(run for run in runs if run.text)

    def width(self, text: str) -> float:
        """The width of ``text`` in shares of the letter size."""
        return sum((run.face or self.own).width(run.text) for run in self.runs(text))

    def place(self, folder: Path) -> None:
        """Makes ``folder`` with all fonts that the text asked for so far."""
        folder.mkdir()
        for path in (*(roboto(face).path for face in ROBOTO), *self._used):
            shutil.copyfile(path, folder / path.name)

    def _run(self, letter: str) -> Run:
        drawn = self._drawn(letter)
        face = self._face(drawn)
        return Run(drawn, None if face is self.own else face)

    def _drawn(self, letter: str) -> str:
        """``letter`` without what no font has; that is remembered."""
        known = [c for c in letter if c in INVISIBLE or c.isspace() or self._knows(c)]
        self._missing.update(dict.fromkeys(c for c in letter if c not in known))
        return "".join(known)

    def _knows(self, character: str) -> bool:
        return any(ord(character) in face.characters for face in self._faces())

    def _face(self, letter: str) -> Face:
        """The first font that has all of ``letter``, else the first that begins it."""
        codes = {ord(c) for c in letter if c not in INVISIBLE and not c.isspace()}
        face = next((f for f in self._faces() if codes <= f.characters), None)
        if face is None:
            face = next(f for f in self._faces() if codes & f.characters)
        if face is not self.own:
            self._used.setdefault(face.path, face)
        return face

    def _faces(self) -> Iterator[Face]:
        yield self.own
        yield from self._used.values()
        yield from wheels(self._language)
        yield from machine(self._folders)


def _joined(runs: Iterable[Run]) -> list[Run]:
    """Neighbours of one font as one."""
    joined: list[Run] = []
    for run in runs:
        if joined and joined[-1].face == run.face:
            joined[-1] = Run(joined[-1].text + run.text, run.face)
        else:
            joined.append(run)
    return joined
