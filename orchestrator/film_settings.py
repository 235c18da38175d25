"""What films were made with, for lists: read once for each version of a film."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from orchestrator.store.films import Film

#: Kinds of units whose engine people choose.
_CHOSEN = ("image", "voice")


@dataclass(frozen=True)
class FilmSettings:
    """The settings that films are looked for by; what is not settled yet is None."""

    image_style: str | None
    #: None also when somebody's own voice speaks.
    voice_id: str | None
    aspect: str | None
    seed: int | None
    #: Of pictures and voice, as they were used.
    engines: tuple[str, ...]
    draft: bool
    queue_position: int | None


class SettingsReader:
    """Reads many films; a film of hundreds of pieces of work is long."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, FilmSettings]] = {}

    def read(self, films: Iterable[Film]) -> dict[str, FilmSettings]:
        """The settings by job; those of other films are forgotten. Blocks a moment."""
        before, now = self._known, {}
        for film in films:
            known = before.get(film.job_id)
            fresh = known is not None and known[0] == film.version
            found = known[1] if known is not None and fresh else _settings(film)
            now[film.job_id] = film.version, found
        self._known = now  # at once, as several may read at a time
        return {job_id: found for job_id, (_, found) in now.items()}


def _settings(film: Film) -> FilmSettings:
    spec: dict[str, Any] = json.loads(film.spec_json or film.request_json)
    render: dict[str, Any] = json.loads(film.render_json or "{}")
    return FilmSettings(
        image_style=spec.get("image_style"),
        voice_id=None if spec.get("voice_sample") else spec.get("voice_id"),
        aspect=spec.get("aspect"),
        seed=spec.get("seed"),
        engines=_engines(spec, render),
        draft=bool(render.get("draft")),
        queue_position=render.get("queue_position"),
    )


def _engines(spec: dict[str, Any], render: dict[str, Any]) -> tuple[str, ...]:
    """Those that worked, else those that were asked for by name."""
    asked = spec.get("engine") or {}
    found = {kind: asked.get(kind) for kind in _CHOSEN}
    for unit in render.get("units", ()):
        if unit["kind"] in _CHOSEN and unit.get("engine"):
            found[unit["kind"]] = unit["engine"]
    return tuple(name for name in found.values() if name and name != "auto")
