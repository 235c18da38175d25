"""Which picture of one's own films shows what a model can do: the newest there is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator.store.films import Film
from shared_protocol.models import ModelKind

PREVIEW = "preview.webp"


@dataclass(frozen=True)
class Work:
    """A picture of a scene, small, that a model had its part in."""

    job_id: str
    title: str
    scene: int
    sha256: str


#: By kind and name; likenesses have no name in a film's order, any of them is meant.
Works = Mapping[tuple[ModelKind, str], tuple[Work, ...]]
ANY_LIKENESS = ""


class Portfolio:
    """Reads many films; each once for every version of it."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, Works]] = {}

    def read(self, films: Iterable[Film]) -> Works:
        """What each model has made, in the order of the films. Blocks a moment."""
        before, now = self._known, {}
        found: dict[tuple[ModelKind, str], tuple[Work, ...]] = {}
        for film in films:
            known = before.get(film.job_id)
            fresh = known is not None and known[0] == film.version
            works = known[1] if known is not None and fresh else _works(film)
            now[film.job_id] = film.version, works
            for model, made in works.items():
                found[model] = (*found.get(model, ()), *made)
        self._known = now  # at once, as several may read at a time
        return found


def _works(film: Film) -> Works:
    """Of each model the first picture in the film."""
    if film.render_json is None:
        return {}
    units = json.loads(film.render_json)["units"]
    spec = json.loads(film.spec_json)
    pictures = dict(_pictures(units))
    found: dict[tuple[ModelKind, str], tuple[Work, ...]] = {}
    for scene in sorted(pictures):
        work = Work(film.job_id, film.title, scene, pictures[scene])
        for model in _makers(scene, units, spec):
            found.setdefault(model, (work,))
    return found


def _pictures(units: list[dict[str, Any]]) -> Iterator[tuple[int, str]]:
    for unit in units:
        if unit["kind"] != "image" or unit["state"] != "done" or not unit["result"]:
            continue
        for file in unit["result"]["files"]:
            if file["name"] == PREVIEW:
                yield unit["scene"], file["sha256"]


def _makers(
    scene: int, units: list[dict[str, Any]], spec: dict[str, Any]
) -> Iterator[tuple[ModelKind, str]]:
    """Whoever drew the scene, was worn for it, keeps a likeness in it, or speaks it."""
    kinds: dict[str, ModelKind] = {"image": "image", "voice": "voice"}
    for unit in units:
        if unit["scene"] == scene and unit["kind"] in kinds and unit["state"] == "done":
            yield kinds[unit["kind"]], unit["engine"]
    for lora in (spec.get("image") or {}).get("loras") or ():
        if lora.get("weight", 1.0):
            yield "lora", lora["name"]
    scenes = spec.get("scenes") or ()
    if len(scenes) >= scene and scenes[scene - 1].get("references"):
        yield "likeness", ANY_LIKENESS
