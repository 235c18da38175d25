"""The language between clients, orchestrator and worker: models, words, paths; no I/O."""

from shared_protocol.artifacts import Artifact, FileRef, MemoEntry, UnitResult
from shared_protocol.errors import Code, ErrorBody
from shared_protocol.jobs import (
    Caption,
    EngineChoice,
    FilmSpec,
    JobAccepted,
    JobList,
    JobSpec,
    JobState,
    JobSubmission,
    JobSummary,
    JobView,
    SceneSpec,
    UnitState,
    UnitView,
    WaitReply,
    WaitRequest,
)
from shared_protocol.routes import PROTOCOL_VERSION

__all__ = [
    "PROTOCOL_VERSION",
    "Artifact",
    "Caption",
    "Code",
    "EngineChoice",
    "ErrorBody",
    "FileRef",
    "FilmSpec",
    "JobAccepted",
    "JobList",
    "JobSpec",
    "JobState",
    "JobSubmission",
    "JobSummary",
    "JobView",
    "MemoEntry",
    "SceneSpec",
    "UnitResult",
    "UnitState",
    "UnitView",
    "WaitReply",
    "WaitRequest",
]
