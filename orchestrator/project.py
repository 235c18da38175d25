"""``project.zip``: what makes the same film again, and what of it is to be looked at."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from orchestrator.store.films import Film
from shared_protocol.orders import GenerateRequest
from shared_protocol.project import (
    MUSIC_FILE,
    PROJECT_FILE,
    REFERENCE_FOLDER,
    Project,
)
from shared_protocol.specs import FilmSpec

#: Zip files carry times; the same film is to be the same bytes.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def project_of(film: Film) -> Project:
    """The film as an order: its scenes, its options, the engines that it got."""
    spec = film.spec
    values = {name: getattr(spec, name) for name in FilmSpec.model_fields}
    del values["kind"], values["open"]
    if spec.voice_sample is not None:
        del values["voice_id"]
    values["engine"] = spec.engine.model_dump() | _used_engines(film)
    return Project(
        format="moonreel-project",
        version=1,
        request=GenerateRequest(**values),
        asked=GenerateRequest.model_validate_json(film.request_json),
    )


def pack(
    project: Project,
    to_look_at: Mapping[str, Path],
    music: Path | None = None,
    references: Mapping[str, Path] | None = None,
) -> bytes:
    """The zip file, with what else is given; the same gives the same bytes.

    What is ``to_look_at`` (script, contact sheet) stands by its name, references stand by their hash.
    """
    order = project.model_dump_json(indent=1, exclude_unset=True).encode()
    seen = {name: path.read_bytes() for name, path in to_look_at.items()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in {PROJECT_FILE: order, **seen}.items():
            archive.writestr(_member(name), data, zipfile.ZIP_DEFLATED)
        if music is not None:
            archive.writestr(_member(MUSIC_FILE), music.read_bytes())
        for sha256, path in (references or {}).items():
            name = f"{REFERENCE_FOLDER}/{sha256}"
            archive.writestr(_member(name), path.read_bytes())
    return buffer.getvalue()


def _member(name: str) -> zipfile.ZipInfo:
    """A file that everybody may read, without a time."""
    member = zipfile.ZipInfo(name, _NO_TIME)
    member.external_attr = 0o644 << 16
    return member


def _used_engines(film: Film) -> dict[str, str]:
    """By kind, from the worker's view: ``auto`` is another one elsewhere."""
    units = film.render.units if film.render else ()
    return {
        unit.kind: unit.engine
        for unit in units
        if unit.kind in ("image", "voice") and unit.engine
    }
