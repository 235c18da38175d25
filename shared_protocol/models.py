"""Models and LoRAs of a worker: what each is, how large, and whether it is there."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from shared_protocol.artifacts import FileRef
from shared_protocol.wire import View

#: ``image`` draws, ``voice`` speaks, ``video`` films, ``likeness`` keeps faces, ``lora``
#: bends what ``image`` draws, ``alignment`` finds words in what ``voice`` speaks.
ModelKind = Literal["image", "voice", "video", "likeness", "lora", "alignment"]


class ModelInfo(View):
    """One model as its worker knows it; part of ``GET /capabilities``."""

    name: str
    kind: ModelKind
    #: ``sdxl`` or ``flux``; of a LoRA what it is made for, in words if for neither.
    family: str | None = None
    #: None: its files do not say.
    licence: str | None = None
    #: On the disk, or else about what fetching it brings.
    bytes: int
    #: Whether its files stand on the worker.
    here: bool
    #: The word that calls a LoRA up.
    trigger: str | None = None
    #: Tells its files from others of the same name; None while it is not there.
    version: str | None = None
    added_at: str | None = None
    #: Where people read about it and accept its licence.
    page: str | None = None
    #: Why it cannot be used now, and what to do; None when it can.
    unavailable: str | None = None
    #: Of LoRAs and likenesses: the picture models that take it.
    fits: tuple[str, ...] = ()
    #: A part of the program, without files of its own.
    built_in: bool = False
    #: The picture that it ships with, small; at ``/artifacts/sha256/{hex}``.
    thumbnail: FileRef | None = None


class ModelView(View):
    """One model in the words that clients know; ``GET /api/models/{id}``."""

    id: str
    name: str
    version: str | None
    model_type: ModelKind
    trigger_word: str | None
    file_size_mb: float
    #: ``family, licence, on_worker, unavailable, fits, page, built_in`` as in
    #: ``ModelInfo``; ``removable``: it stands on this machine, where ``DELETE`` takes it
    #: away; ``thumbnail``: a ``ModelThumbnail``, or None.
    model_metadata: dict[str, Any] = Field(default_factory=dict)
    created_at: str | None
    #: Where its files come from; a worker gives none of them away.
    download_url: str | None


class ModelThumbnail(View):
    """A picture that stands for a model."""

    #: On this server; its bytes never change.
    url: str
    #: ``file``: it ships with the model; ``film``: a film of yours has it.
    source: Literal["file", "film"]
    #: Of a film.
    job_id: str | None = None
    title: str | None = None
    scene: int | None = None


class ModelList(View):
    """Reply of ``GET /api/models/``."""

    models: tuple[ModelView, ...]
    total: int
