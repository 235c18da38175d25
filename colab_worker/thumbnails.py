"""Thumbnails of models and LoRAs, made by a child and kept among the other files."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from colab_worker.models.covers import Cover, find_cover
from shared_protocol.artifacts import FileRef
from shared_protocol.kit.blobs import BlobStore
from shared_protocol.models import ModelInfo

log = logging.getLogger(__name__)

#: So many new ones are made for one who asks; the others for the next.
MOST_AT_ONCE = 100
#: A child that takes longer is stuck at some picture.
LIMIT_S = 20.0
_COMMAND = (sys.executable, "-m", "colab_worker.models.shrink")


class Thumbnails:
    """By the file that holds the picture, as long as that does not change."""

    def __init__(self, blobs: BlobStore, work: Path) -> None:
        self._blobs = blobs
        self._work = work
        self._known: dict[Cover, FileRef | None] = {}
        self._lock = threading.Lock()

    def add_to(
        self, models: Iterable[ModelInfo], home_of: Callable[[ModelInfo], Path]
    ) -> tuple[ModelInfo, ...]:
        """The models, each that is here with its thumbnail; blocks as ``of`` does."""
        told = list(models)
        homes = {m: home_of(m) for m in told if m.here and not m.built_in}
        found = self.of(homes.values())
        return tuple(
            model.model_copy(update={"thumbnail": found[home]})
            if (home := homes.get(model)) in found
            else model
            for model in told
        )

    def of(self, models: Iterable[Path]) -> dict[Path, FileRef]:
        """The thumbnail of each model that has one; blocks while new ones are made."""
        covers = {model: find_cover(model) for model in models}
        wanted = {model: cover for model, cover in covers.items() if cover}
        with self._lock:
            known = {c: f for c, f in self._known.items() if c in wanted.values()}
            new = [c for c in dict.fromkeys(wanted.values()) if c not in known]
            known.update(self._made(new[:MOST_AT_ONCE]))
            self._known = known
        found = {model: known.get(cover) for model, cover in wanted.items()}
        return {model: file for model, file in found.items() if file}

    def _made(self, covers: list[Cover]) -> dict[Cover, FileRef | None]:
        made: dict[Cover, FileRef | None] = {}
        while len(made) < len(covers):
            left = covers[len(made) :]
            with tempfile.TemporaryDirectory(dir=self._work) as out:
                names = _answers(left, Path(out))
                made |= {
                    cover: self._kept(Path(out) / name) if name else None
                    for cover, name in zip(left, names, strict=False)
                }
            if len(names) < len(left):
                culprit = left[len(names)]
                log.warning("The picture of %s cannot be shown.", culprit.path.name)
                made[culprit] = None
        return made

    def _kept(self, webp: Path) -> FileRef:
        sha256, size = self._blobs.adopt(webp)
        name = "thumbnail.webp"
        return FileRef(name=name, sha256=sha256, bytes=size, media_type="image/webp")


def _answers(covers: list[Cover], out: Path) -> list[str]:
    """What the child says of each; fewer when one of them ended it."""
    asked = "".join(f"{json.dumps(str(cover.path))}\n" for cover in covers)
    told = out / "answers"
    with told.open("w", encoding="utf-8") as file:
        try:
            subprocess.run(  # noqa: S603 - our own program
                [*_COMMAND, str(out)],
                input=asked, stdout=file, stderr=subprocess.DEVNULL,
                timeout=LIMIT_S, check=False, encoding="utf-8",
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            log.warning("A picture of a model took longer than %.0f s.", LIMIT_S)
    return told.read_text("utf-8").split("\n")[:-1]  # a last one may be half
