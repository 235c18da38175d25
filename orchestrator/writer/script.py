"""A script: what is told, who appears, and what each picture shows."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from shared_protocol.api import Character
from shared_protocol.wire import Text, Wire


class ScriptScene(Wire):
    """One picture and the words spoken over it; directions never mix with words."""

    narration: Text
    image_prompt: Text
    title: Text | None = None


class Script(Wire):
    """The story as it will be told; saved before anything else happens."""

    title: Text
    language: str
    characters: tuple[Character, ...] = ()
    scenes: Annotated[tuple[ScriptScene, ...], Field(min_length=1)]
    #: What the user should know about how the script came about.
    warnings: tuple[str, ...] = ()
