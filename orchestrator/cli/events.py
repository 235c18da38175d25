"""The lines of ``--json``: one event each; ``docs/cli.md`` has the schema."""

from __future__ import annotations

import json
import sys
from typing import Any

from orchestrator.cli.exits import CliError
from orchestrator.cli.tally import stages
from shared_protocol.films import FilmView


def emit(event: dict[str, Any]) -> None:
    """Writes one event to standard output at once."""
    sys.stdout.write(json.dumps(event, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def accepted_event(
    job_id: str, title: str, server: str, *, went_on: bool
) -> dict[str, Any]:
    """The job is known to a server; ``resumed``: it had begun before this command."""
    return {
        "event": "accepted",
        "job_id": job_id,
        "title": title,
        "server": server,
        "resumed": went_on,
    }


def progress_event(view: FilmView) -> dict[str, Any]:
    """Where the job is."""
    return {
        "event": "progress",
        "job_id": view.job_id,
        "state": view.state.value,
        "stage": view.stage,
        "progress": view.progress,
        "message": view.message,
        "eta_s": view.eta_s,
        "version": view.version,
        "attempt": view.attempt,
        "draft": view.draft,
        "worker": _worker(view),
        "units": {
            count.name: {"done": count.done, "total": count.total}
            for count in stages(view)
        },
    }


def warning_event(message: str) -> dict[str, Any]:
    """Something that the person should know, and that stops nothing."""
    return {"event": "warning", "message": message}


def error_event(error: CliError) -> dict[str, Any]:
    """The command ends with ``exit_code``; always the last line."""
    return {
        "event": "error",
        "code": error.code,
        "message": str(error),
        "hint": error.hint,
        "exit_code": int(error.exit_code),
        "job_id": error.job_id,
    }


def _worker(view: FilmView) -> dict[str, Any] | None:
    if view.worker is None:
        return None
    gpu = view.render.worker.gpu if view.render else None
    link = view.worker
    return {
        "kind": link.kind,
        "url": link.url,
        "gpu": gpu,
        "reachable": link.reachable,
        "reason": link.reason,
    }
