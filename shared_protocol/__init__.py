"""The language between clients, orchestrator and worker: models, words, paths; no I/O."""

from shared_protocol.artifacts import Artifact, FileRef, MemoEntry, UnitResult
from shared_protocol.errors import Code, ErrorBody
from shared_protocol.jobs import (
    JobAccepted,
    JobList,
    JobState,
    JobSubmission,
    JobSummary,
    JobView,
    UnitState,
    UnitView,
    WaitReply,
    WaitRequest,
)
from shared_protocol.routes import PROTOCOL_VERSION
from shared_protocol.specs import Caption, EngineChoice, FilmSpec, JobSpec, SceneSpec

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
