"""From rows to what readers see: words, percentages, download names, estimates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from colab_worker.store.rows import JobRow, UnitRow
from shared_protocol import routes
from shared_protocol.artifacts import Artifact, FileRef, UnitResult
from shared_protocol.clock import unix_seconds
from shared_protocol.errors import ErrorBody
from shared_protocol.jobs import JobState, JobView, UnitState, UnitView, WorkerStamp

#: Stages in the order that people know, with the share of the whole that each is.
STAGES = {"image": 40, "voice": 15, "clip": 25, "sound": 4, "film": 5}
STARTED_PERCENT = 10

#: What to call each kind of unit, and what it is to be busy with it.
NOUNS = {
    "image": "picture",
    "voice": "voice",
    "clip": "clip",
    "sound": "sound",
    "film": "film",
}
_DOING = {
    "image": "Drawing pictures",
    "voice": "Speaking the narration",
    "clip": "Filming scenes",
    "sound": "Leveling the sound",
    "film": "Joining the film",
}
_STATUS_WORDS = {
    JobState.QUEUED: "starting",
    JobState.PREPARING: "starting",
    JobState.COMPLETE: "complete",
    JobState.ERROR: "error",
    JobState.CANCELED: "error",
}
_ROLES = {
    "picture.png": "picture",
    "preview.webp": "preview",
    "voice.wav": "voice",
    "words.json": "words",
    "clip.mp4": "clip",
    "sound.m4a": "sound",
    "film.mp4": "film",
    "captions.srt": "captions",
    "captions.vtt": "captions",
    "captions.ass": "captions",
    "script.md": "script",
    "poster.jpg": "poster",
    "contact-sheet.webp": "contact-sheet",
}


@dataclass
class UnitStatus:
    """A unit as readers see it; only the runner changes one."""

    id: str
    kind: str
    scene: int | None
    needs: tuple[str, ...]
    engine: str
    state: UnitState
    attempt: int
    tries: int
    interruptions: int
    reused: bool
    key: str | None
    result: UnitResult | None
    error: ErrorBody | None
    started_at: str | None
    finished_at: str | None
    version: int
    progress: float = 0.0
    #: What it waits for while it runs.
    note: str | None = None
    #: False when the result is known and its files lie on another machine.
    present: bool = True
    #: What is being drawn, as WebP, and how many such there were.
    glimpse: bytes | None = None
    glimpses: int = 0

    @classmethod
    def of(cls, row: UnitRow, version: int) -> UnitStatus:
        """The status of a stored unit."""
        values = {k: v for k, v in vars(row).items() if k not in ("job_id", "position")}
        return cls(**values, version=version)


def job_view(
    row: JobRow,
    units: Sequence[UnitStatus],
    *,
    version: int,
    progress: int,
    queue_position: int | None,
    stamp: WorkerStamp,
    since: int | None = None,
) -> JobView:
    """Everything that is told of a job."""
    told = [unit for unit in units if since is None or unit.version > since]
    stage = current_stage(row, units)
    return JobView(
        job_id=row.id,
        kind=row.kind,
        title=row.title,
        status=_STATUS_WORDS.get(row.state, "processing"),
        state=row.state,
        terminal=row.state.terminal,
        version=version,
        since=since,
        progress=100 if row.state is JobState.COMPLETE else min(progress, 99),
        message=_message(row, units, stage, queue_position),
        stage=stage,
        stage_index=[*STAGES, "done"].index(stage) if stage != "queue" else 0,
        stage_total=len(STAGES),
        eta_s=remaining_s(row, units),
        queue_position=queue_position if row.state is JobState.QUEUED else None,
        attempt=row.attempt,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        heartbeat_at=row.heartbeat_at,
        worker=stamp,
        draft=row.draft,
        cost_usd=_cost_usd(units),
        warnings=row.warnings,
        error=row.error,
        artifacts=tuple(artifacts(told)),
        units=tuple(_unit_view(row.id, unit) for unit in told),
        links=links(row.id),
        spec_sha256=row.spec_sha256,
    )


def artifacts(units: Iterable[UnitStatus]) -> Iterable[Artifact]:
    """The files that can be downloaded now, each under a name of its own."""
    for unit in units:
        if unit.state is not UnitState.DONE or not unit.present or unit.result is None:
            continue
        for file in unit.result.files:
            yield _artifact(unit, file)


def _cost_usd(units: Iterable[UnitStatus]) -> float | None:
    """What services took for the units of this job; what was remembered cost nothing."""
    told = [
        unit.result.facts.get("cost_usd")
        for unit in units
        if unit.result is not None and not unit.reused
    ]
    costs = [cost for cost in told if cost is not None]
    return round(sum(costs), 4) if costs else None


def _artifact(unit: UnitStatus, file: FileRef) -> Artifact:
    prefix = f"scene-{unit.scene:03}-" if unit.scene else ""
    return Artifact(
        name=prefix + file.name,
        role=_ROLES.get(file.name, unit.kind),
        scene=unit.scene,
        media_type=file.media_type,
        bytes=file.bytes,
        sha256=file.sha256,
    )


def links(job_id: str) -> dict[str, str]:
    """Where the job's other routes are."""
    return {
        "self": routes.STATUS.format(job_id=job_id),
        "cancel": routes.JOB_CANCEL.format(job_id=job_id),
        "download": routes.DOWNLOAD.format(job_id=job_id),
        "artifacts": routes.JOB_ARTIFACTS.format(job_id=job_id),
    }


def overall_progress(row: JobRow, units: Iterable[UnitStatus]) -> int:
    """Percent of the whole job, by the shares of ``STAGES``; 100 only when complete."""
    if row.state is JobState.COMPLETE:
        return 100
    done = {kind: 0.0 for kind in STAGES}
    total = {kind: 0 for kind in STAGES}
    for unit in units:
        total[unit.kind] += 1
        done[unit.kind] += 1.0 if unit.state is UnitState.DONE else unit.progress
    if not any(total.values()):
        return 0
    shares = (
        share * done[kind] / total[kind]
        for kind, share in STAGES.items()
        if total[kind]
    )
    return min(int(STARTED_PERCENT + sum(shares)), 99)


def current_stage(row: JobRow, units: Iterable[UnitStatus]) -> str:
    """The first stage with something left to do; ``queue`` before, ``done`` after."""
    if row.state is JobState.COMPLETE:
        return "done"
    every = list(units)
    left = {unit.kind for unit in every if unit.state is not UnitState.DONE}
    return next((kind for kind in STAGES if kind in left), "film" if every else "queue")


def remaining_s(row: JobRow, units: Sequence[UnitStatus]) -> float | None:
    """Seconds left by the measured means of this job; None until two are known.

    Pictures come one after another; voices and clips run beside them in two lanes.
    """
    if row.state not in (JobState.RUNNING, JobState.FINALIZING):
        return None
    means: dict[str, float] = {}
    for kind in STAGES:
        took = [t for unit in units if unit.kind == kind and (t := _share_s(unit))]
        if len(took) >= 2:
            means[kind] = sum(took) / len(took)
    if not {"image", "clip"} <= means.keys():
        return None
    left = {
        kind: sum(
            1 - unit.progress
            for unit in units
            if unit.kind == kind and unit.state is not UnitState.DONE
        )
        for kind in STAGES
    }
    pictures = left["image"] * means["image"] + (means["clip"] if left["image"] else 0)
    clips = left["clip"] * means["clip"] / 2
    return round(max(pictures, clips) + left["film"] * means["clip"], 1)


def _share_s(unit: UnitStatus) -> float | None:
    """The time a unit took; of pictures that were drawn together, its share."""
    took, facts = _seconds(unit), unit.result.facts if unit.result else {}
    return took and took / facts.get("batch", 1)


def _seconds(unit: UnitStatus) -> float | None:
    if unit.reused or not unit.started_at or not unit.finished_at:
        return None
    return unix_seconds(unit.finished_at) - unix_seconds(unit.started_at)


def _message(
    row: JobRow, units: Sequence[UnitStatus], stage: str, position: int | None
) -> str:
    if row.error is not None:
        return row.error.message
    fixed = {
        JobState.QUEUED: f"Waiting, number {position or 1} in the queue.",
        JobState.PREPARING: _preparing(units),
        JobState.CANCELING: "Stopping; finished scenes are kept.",
        JobState.CANCELED: "Canceled; finished scenes are kept.",
        JobState.COMPLETE: "The film is ready.",
    }
    if row.state in fixed:
        return fixed[row.state]
    of_stage = [unit for unit in units if unit.kind == stage]
    done = sum(unit.state is UnitState.DONE for unit in of_stage)
    if note := next((unit.note for unit in of_stage if unit.note), None):
        return f"{note[0].upper()}{note[1:]} …"
    doing = _DOING.get(stage, "Working")
    return f"{doing}: {done} of {len(of_stage)}." if len(of_stage) > 1 else f"{doing}."


def _preparing(units: Sequence[UnitStatus]) -> str:
    if units and all(unit.state is UnitState.DONE for unit in units):
        return "Waiting for more scenes."
    return "Planning the scenes."


def _unit_view(job_id: str, unit: UnitStatus) -> UnitView:
    live = None
    if unit.glimpse is not None:
        path = routes.JOB_LIVE.format(job_id=job_id, scene=unit.scene)
        live = f"{path}?n={unit.glimpses}"
    return UnitView(
        id=unit.id,
        kind=unit.kind,
        scene=unit.scene,
        needs=unit.needs,
        state=unit.state,
        progress=1.0 if unit.state is UnitState.DONE else round(unit.progress, 3),
        attempt=unit.attempt,
        reused=unit.reused,
        version=unit.version,
        key=unit.key,
        engine=unit.engine,
        result=unit.result,
        live=live,
        note=unit.note,
        error=unit.error,
        started_at=unit.started_at,
        finished_at=unit.finished_at,
    )
