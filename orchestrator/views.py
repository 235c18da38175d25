"""Films as clients see them, in the words that old pages know and in the precise ones."""

from __future__ import annotations

import json
from dataclasses import asdict

from orchestrator.film_settings import FilmSettings
from orchestrator.store.films import Film
from orchestrator.workers import Slot, Workers
from shared_protocol import routes
from shared_protocol.artifacts import Artifact
from shared_protocol.films import (
    FilmState,
    FilmSummary,
    FilmView,
    GenerateAccepted,
    ProgressView,
    WorkerLink,
)

#: ``status`` and ``progress`` that pages of earlier systems understand.
_OLD_WORDS: dict[FilmState, tuple[str, int]] = {
    FilmState.STARTING: ("starting", 0),
    FilmState.GENERATING_SCRIPT: ("generating_script", 10),
    FilmState.GENERATING_IMAGE_PROMPTS: ("generating_image_prompts", 30),
    FilmState.REVIEW: ("generating_image_prompts", 30),
    FilmState.WAITING_FOR_WORKER: ("sending_to_colab", 50),
    FilmState.SENDING: ("sending_to_colab", 50),
    FilmState.REQUEUED: ("sending_to_colab", 50),
    FilmState.SENT: ("sent_to_colab", 100),
    FilmState.UNREACHABLE: ("sent_to_colab", 100),
    FilmState.CANCELING: ("sent_to_colab", 100),
    FilmState.COMPLETE: ("sent_to_colab", 100),
    FilmState.ERROR: ("error", 0),
    FilmState.CANCELED: ("error", 0),
}


def film_view(
    film: Film, artifacts: list[Artifact], workers: Workers, *, over_quota: bool
) -> FilmView:
    """Everything about a film."""
    return FilmView(
        job_id=film.job_id,
        title=film.title,
        state=film.state,
        terminal=film.state.terminal,
        version=film.version,
        progress=film.progress,
        message=film.message,
        stage=film.stage,
        eta_s=film.eta_s,
        attempt=film.attempt,
        created_at=film.created_at,
        finished_at=film.finished_at,
        worker=_worker(film, workers),
        mirrored=len(artifacts),
        over_quota=over_quota and not film.state.terminal,
        draft=film.render.draft if film.render else False,
        warnings=_warnings(film),
        error=film.error,
        outages=film.outages,
        usage=film.usage,
        artifacts=tuple(artifacts),
        render=film.render,
        links=_links(film),
    )


def film_summary(film: Film, settings: FilmSettings, poster: str | None) -> FilmSummary:
    """One line about a film."""
    return FilmSummary(
        job_id=film.job_id,
        title=film.title,
        state=film.state,
        terminal=film.state.terminal,
        version=film.version,
        progress=film.progress,
        message=film.message,
        created_at=film.created_at,
        finished_at=film.finished_at,
        poster=poster,
        **asdict(settings),
    )


def accepted(film: Film) -> GenerateAccepted:
    """The reply to an order."""
    return GenerateAccepted(
        message=film.message,
        job_id=film.job_id,
        warnings=_warnings(film),
        links=_links(film),
    )


def progress_view(
    film: Film, mirrored: int, version: int, workers: Workers
) -> ProgressView:
    """A film in old and new words; ``version`` is that of what is watched."""
    status, progress = _OLD_WORDS[film.state]
    done = film.state is FilmState.COMPLETE
    failed = status == "error"
    return ProgressView(
        status=status,
        progress=progress,
        message=film.message,
        video_path=_video(film.job_id) if done else None,
        error=(film.error.message if film.error else film.message) if failed else None,
        job_id=film.job_id,
        colab_url=workers.remote.url,
        state=film.state,
        terminal=film.state.terminal,
        version=version,
        stage=film.stage,
        eta_s=film.eta_s,
        worker=_worker(film, workers),
        attempt=film.attempt,
        mirrored=mirrored,
    )


def idle_view(version: int, workers: Workers) -> ProgressView:
    """The progress when no film was ever made."""
    return ProgressView(
        status="ready",
        progress=0,
        message="Ready for a story.",
        colab_url=workers.remote.url,
        state="ready",
        terminal=False,
        version=version,
        stage="ready",
    )


def worker_of(film: Film, workers: Workers) -> Slot | None:
    """The slot whose worker has, or last had, the film."""
    return workers.slot(film.worker_kind)


def _worker(film: Film, workers: Workers) -> WorkerLink | None:
    if film.worker_kind is None:
        return None
    slot = worker_of(film, workers)
    link = slot.link(film.worker_reason) if slot else None
    return link or WorkerLink(
        kind=film.worker_kind,
        url=film.worker_url or "",
        boot_id=film.worker_boot,
        reason=film.worker_reason,
    )


def _warnings(film: Film) -> tuple[str, ...]:
    own = json.loads(film.warnings_json)
    return (*own, *(film.render.warnings if film.render else ()))


def _links(film: Film) -> dict[str, str]:
    job_id = film.job_id
    links = {
        "self": routes.API_JOB.format(job_id=job_id),
        "cancel": routes.API_JOB_CANCEL.format(job_id=job_id),
        "retry": routes.API_JOB_RETRY.format(job_id=job_id),
        "script": routes.API_JOB_SCRIPT.format(job_id=job_id),
        "render": routes.API_JOB_RENDER.format(job_id=job_id),
        "project": routes.API_JOB_PROJECT.format(job_id=job_id),
        "download": routes.API_DOWNLOAD.format(job_id=job_id),
        "video": _video(job_id),
    }
    if film.worker_url is not None:
        status = routes.STATUS.format(job_id=job_id)
        links["status"] = f"{film.worker_url}{status}"
    return links


def _video(job_id: str) -> str:
    return routes.API_VIDEO.format(file=f"{job_id}.mp4")
