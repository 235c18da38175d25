"""Words that were read are not read again: not for another seed, nor after a step down."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from colab_worker.engines.base import ImageRequest
from colab_worker.engines.diffusion.families import FAMILIES, Words

#: As many as a long film has scenes; a prompt of FLUX takes 4 MB.
_MOST_KEPT = 64


class Reading:
    """What the encoders of one pipeline said of the last prompts."""

    def __init__(self, pipe: Any, family: str) -> None:
        self._pipe = pipe
        self._family = FAMILIES[family]
        self._kept: OrderedDict[tuple[Any, ...], Words] = OrderedDict()

    def words(self, request: ImageRequest) -> Words:
        """The encoded words; a LoRA may read them otherwise, so it is part of them."""
        key = (request.prompt, request.negative_prompt, request.style, request.loras)
        if key not in self._kept:
            self._kept[key] = self._family.read(self._pipe, request)
        self._kept.move_to_end(key)
        while len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        return self._kept[key]
