"""A sentence spoken to hear how the narration would sound."""

from __future__ import annotations

from typing import Annotated

from pydantic import (
    Field,
)

from shared_protocol.specs import EngineChoice
from shared_protocol.vocab import (
    Pacing,
    VoiceId,
)
from shared_protocol.wire import Sha256, Text, View, Wire

#: Enough for a long sentence; a preview is to be heard at once.
MAX_SPOKEN_CHARS = 400


class SpeakRequest(Wire):
    """Body of ``POST /speak``: how the narration would sound, on one sentence."""

    text: Annotated[Text, Field(min_length=1, max_length=MAX_SPOKEN_CHARS)]
    voice_id: VoiceId = "aria"
    voice_speed: Annotated[float, Field(ge=0.5, le=2.0)] = 1.0
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[a-z0-9]{2,8})*$")] = "en"
    pacing: Pacing = "medium"
    engine: EngineChoice = EngineChoice()


class Spoken(View):
    """Reply of ``POST /speak``: where the sound is, and how long."""

    sha256: Sha256
    bytes: int
    media_type: str
    duration_s: float
    engine: str
    #: What is said when, as WebVTT.
    captions: str = ""
