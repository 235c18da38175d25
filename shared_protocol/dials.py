"""The dials of a picture model: what may be asked of it, and what it has."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import (
    Field,
    field_validator,
)

from shared_protocol.references import Likeness
from shared_protocol.vocab import (
    Scheduler,
)
from shared_protocol.wire import Text, View, Wire

MAX_PROMPT_CHARS = 2_000
_SECRET_IN_ADDRESS = re.compile(
    r"(?i)[?&#][\w.-]*(?:token|key|secret|signature|password)[\w.-]*="
)


class Lora(Wire):
    """A LoRA that stands on the worker's shelf; several may be worn at once.

    For services that fetch LoRAs: an https address, or ``owner/model`` of Hugging Face.
    """

    name: Annotated[
        Text,
        Field(
            max_length=500,
            pattern=r"^(\w[\w .+-]{0,99}|\w[\w.-]*/\w[\w./-]*|https://[^\s@]+)$",
        ),
    ]
    weight: Annotated[float, Field(ge=-2, le=2)] = 1.0

    @field_validator("name")
    @classmethod
    def _holds_no_secret(cls, name: str) -> str:
        if _SECRET_IN_ADDRESS.search(name):
            raise ValueError(
                "holds a key or token, and an order is kept and handed on with its "
                "film; give an address that needs none"
            )
        return name

    @property
    def is_elsewhere(self) -> bool:
        """Whether it is an address, and no file of the shelf."""
        return "/" in self.name


class ImageOptions(Wire):
    """Dials of a picture model; what is left out is the model's own choice.

    A dial that the chosen engine does not have, or not so far, is refused by name.
    """

    #: Denoising steps; left out, ``quality`` decides.
    steps: Annotated[int, Field(ge=1, le=100)] | None = None
    #: How strictly the words are followed.
    guidance: Annotated[float, Field(ge=0, le=30)] | None = None
    scheduler: Scheduler | None = None
    loras: Annotated[tuple[Lora, ...], Field(max_length=8)] = ()
    #: What no picture shall show, added to a scene's own ``negative_prompt``.
    negative_prompt: Annotated[Text, Field(max_length=MAX_PROMPT_CHARS)] = ""
    #: How closely scenes keep to their references; 0 is not at all.
    ip_adapter_scale: Annotated[float, Field(ge=0, le=1)] | None = None
    #: What of the references is kept.
    likeness: Likeness | None = None
    #: Compile the model first; left off, and told, where that would not pay.
    compile: bool = False


class Dials(View):
    """What of ``ImageOptions`` a picture engine takes."""

    least_steps: int
    most_steps: int
    #: What each quality means; None: it has no such dial, nor those of LoRAs.
    steps: dict[str, int] | None = None
    #: Taken when none is asked for; None: it has no such dial.
    guidance: float | None = None
    most_guidance: float
    #: The first is taken when none is asked for.
    schedulers: tuple[str, ...] = ()
    #: Whether it hears what shall not be shown.
    negative: bool
    #: The LoRAs on the shelf that are made for it.
    loras: tuple[str, ...] = ()
