"""Builds what the first order of a film needs before it comes, so that it need not wait."""

from __future__ import annotations

from pydantic import BaseModel

from orchestrator.writer.parts import WrittenStory, schema_of
from shared_protocol.films import FilmView, GenerateAccepted
from shared_protocol.jobs import (
    JobAccepted,
    JobSubmission,
    JobView,
    WaitReply,
    WaitRequest,
)
from shared_protocol.orders import GenerateRequest
from shared_protocol.scripts import Script
from shared_protocol.specs import FilmSpec

_MODELS: tuple[type[BaseModel], ...] = (
    GenerateRequest,
    GenerateAccepted,
    FilmView,
    Script,
    FilmSpec,
    JobSubmission,
    JobAccepted,
    JobView,
    WaitRequest,
    WaitReply,
)


def build_models() -> None:
    """Builds the validators on the way of a film by topic, some 20 ms of work."""
    for model in _MODELS:
        model.model_rebuild()
    schema_of(WrittenStory)
