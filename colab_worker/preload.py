"""Engines that are loaded when the worker starts, so that the first film does not wait."""

from __future__ import annotations

from collections.abc import Iterable

from colab_worker.engine_wire import Load
from colab_worker.engines.registry import PlanRefused, Registry

#: The lane of engines that name none, by what they make.
USUAL_LANES = {"image": "gpu", "voice": "cpu"}


def early_loads(names: Iterable[str], registry: Registry) -> dict[str, list[Load]]:
    """By lane, what to load there; PlanRefused for what this worker cannot load."""
    found: dict[str, list[Load]] = {}
    kinds: dict[str, str] = {}
    for name in names:
        kind = _kind(name, registry)
        if kind in kinds:
            raise PlanRefused(
                f"--preload: {kinds[kind]} and {name} are both for {kind}s, and one of a "
                "kind stays loaded; name one of them"
            )
        kinds[kind] = name
        entry = registry.get(kind, name)
        lane = entry.lane or USUAL_LANES[kind]
        load = Load(kind=kind, engine=name, address=entry.address)
        found.setdefault(lane, []).append(load)
    return found


def _kind(name: str, registry: Registry) -> str:
    known = {
        entry.name: kind for kind in USUAL_LANES for entry in registry.of_kind(kind)
    }
    if name not in known:
        raise PlanRefused(
            f"--preload: {name!r} is not an engine of this worker; choose of: "
            f"{', '.join(known)}"
        )
    return known[name]
