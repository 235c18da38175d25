"""The image services as engines: what they take, which key they want, who may ask them."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, replace
from pathlib import Path

from colab_worker.engines.entry import Drawing, EngineEntry, Service

#: Named in place of OpenAI's newest quick model.
MODEL_VARIABLE = "MOONREEL_OPENAI_IMAGE_MODEL"
#: A writing service of another maker, for which OPENAI_API_KEY is then meant.
OTHER_WRITER = "MOONREEL_OPENAI_URL"
#: The lane of services: they wait on the network, not on this machine.
LANE = "hosted"
#: For the answer to a cancel, before the process is ended.
PATIENCE_S = 10.0
_HERE = "colab_worker.engines.hosted"


@dataclass(frozen=True)
class _Offer:
    """A service before it is known whether it can be used."""

    name: str
    service: Service
    factory: str
    package: str
    extra: str
    #: Where people get a key.
    page: str
    drawing: Drawing


FAL = _Offer(
    "fal",
    Service("fal.ai", "FAL_KEY", "fal-ai/flux-lora"),
    f"{_HERE}.fal:FalEngine",
    "fal_client",
    "fal",
    "https://fal.ai/dashboard/keys",
    Drawing(
        side=1024,
        multiple=16,
        most_pixels=1_000_000,  # a million pixels begun cost as much as a whole one
        steps={"draft": 12, "fast": 20, "standard": 28, "high": 40},
        most_steps=50,
        guidance=3.5,
        most_guidance=20.0,
        negative=False,
        family="flux",
        remote_loras=True,
    ),
)
OPENAI = _Offer(
    "openai",
    Service("OpenAI", "OPENAI_API_KEY", "gpt-image-2.5-flare"),
    f"{_HERE}.openai_images:OpenAIEngine",
    "openai",
    "openai",
    "https://platform.openai.com/api-keys",
    Drawing(
        side=1024,
        multiple=16,
        levels={"draft": "low", "fast": "low", "standard": "medium", "high": "high"},
        negative=False,
    ),
)
OFFERS = (FAL, OPENAI)
VARIABLES = tuple(offer.service.variable for offer in OFFERS)


def take_keys(environ: MutableMapping[str, str]) -> dict[str, str]:
    """The keys of services, out of an environment that other processes get too."""
    found = {name: environ.pop(name, "").strip() for name in VARIABLES}
    return {name: key for name, key in found.items() if key}


def service_entries(
    keys: Mapping[str, str] | None, receipts: Path, environ: Mapping[str, str]
) -> tuple[EngineEntry, ...]:
    """An engine for each service; without ``keys`` (None) it says that none is asked here."""
    entries = []
    for offer in OFFERS:
        model = offer.service.model
        if offer is OPENAI:
            model = environ.get(MODEL_VARIABLE) or model
        for_another = offer is OPENAI and bool(environ.get(OTHER_WRITER))
        entry = EngineEntry(
            offer.name,
            "image",
            offer.factory,
            version=f"1/{model}",
            argument=json.dumps({"model": model, "receipts": str(receipts)}),
            drawing=offer.drawing,
            lane=LANE,
            patience_s=PATIENCE_S,
            preference=-1 if for_another else 1,
            service=replace(offer.service, model=model),
            unavailable=_why_not(offer, keys),
        )
        entries.append(entry)
    return tuple(entries)


def _why_not(offer: _Offer, keys: Mapping[str, str] | None) -> str | None:
    label, variable = offer.service.label, offer.service.variable
    if keys is None:
        return (
            f"only the worker of your own machine asks {label}, so that the key stays "
            "there; make the film without a remote worker"
        )
    if variable not in keys:
        return (
            f"{variable} is not set; set it to your key ({offer.page}), then start "
            "Moonreel again"
        )
    key = keys[variable]
    if not key.isascii() or not key.isprintable() or " " in key:
        return (
            f"{variable} holds characters that no key has; copy it again from "
            f"{offer.page}, then start Moonreel again"
        )
    if importlib.util.find_spec(offer.package) is None:
        return (
            f"{offer.package} is not installed; pip install 'moonreel[{offer.extra}]'"
        )
    return None
