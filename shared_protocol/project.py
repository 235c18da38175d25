"""A saved film: the order that makes it again, and the order that it came from."""

from __future__ import annotations

from typing import Literal

from shared_protocol.orders import GenerateRequest
from shared_protocol.wire import Wire

#: The member of ``project.zip`` that holds a :class:`Project` as JSON.
PROJECT_FILE = "project.json"
#: The film's music, if it has some, beside it.
MUSIC_FILE = "music"
#: Reference pictures, each under its hash.
REFERENCE_FOLDER = "references"
#: No project is longer: 120,000 characters told twice, escaped, with its prompts.
MAX_PROJECT_BYTES = 4 << 20


class Project(Wire):
    """``project.json``; ``request`` can be sent to ``/api/generate-video`` as it is."""

    format: Literal["moonreel-project"] = "moonreel-project"
    version: Literal[1] = 1
    #: Scenes, seeds and engines as they were used: the same film again.
    request: GenerateRequest
    #: What was asked for at first: the text before it was cut into scenes.
    asked: GenerateRequest
