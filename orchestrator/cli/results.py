"""Bringing finished files to their place, and saying where they are."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestrator.cli import figures
from orchestrator.cli.client import Client
from orchestrator.cli.downloads import fetch
from orchestrator.cli.events import emit
from orchestrator.cli.exits import CliError, Exit, Unreachable, UsageError
from orchestrator.cli.tally import film_seconds
from orchestrator.cli.transfers import transfer_bar
from orchestrator.writer.prices import tokens_and_price
from shared_protocol.artifacts import Artifact
from shared_protocol.file_names import film_name
from shared_protocol.films import FilmState, FilmView

FILM_ROLE = "film"


@dataclass
class Files:
    """What came of fetching several files."""

    fetched: list[tuple[Artifact, Path]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def check_output(output: Path | None, story: str | None) -> None:
    """UsageError when no film can be written there, before anything is rendered."""
    if output and story and output.exists() and output.samefile(story):
        raise UsageError(f"-o {output} is the text itself; name another file")
    folder = (output or Path("x")).expanduser().absolute()
    folder = folder if output and output.is_dir() else folder.parent
    while not folder.exists():
        folder = folder.parent
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise UsageError(f"cannot write into {folder}; choose another place with -o")


def film_target(output: Path | None, title: str) -> Path:
    """Where the film goes: the file named, a folder named, or here."""
    name = film_name(title)
    if output is None:
        return Path(name)
    output = output.expanduser()
    return output / name if output.is_dir() else output


def film_of(view: FilmView) -> Artifact:
    """The film among a job's files; CliError when it has none yet."""
    for artifact in view.artifacts:
        if artifact.role == FILM_ROLE:
            return artifact
    raise why_not(view)


def why_not(view: FilmView) -> CliError:
    """Why a job has no film."""
    if view.state is FilmState.CANCELED:
        return CliError(
            "the job was canceled",
            Exit.CANCELED,
            code="canceled",
            hint=f"`moonreel retry {view.job_id}` goes on with it.",
            job_id=view.job_id,
        )
    if view.error is not None:
        return CliError(
            view.error.message,
            code=view.error.code,
            hint=view.error.hint,
            job_id=view.job_id,
        )
    return CliError(
        f"the job has no film yet: {view.message}", code="not_ready", job_id=view.job_id
    )


async def deliver(
    client: Client, view: FilmView, target: Path, folder: Path | None, *, as_json: bool
) -> int:
    """Fetches the film to ``target`` and all else to ``folder``; prints the result."""
    film = film_of(view)
    transferred = await bring(client, view, film, target, quiet=as_json)
    files = Files()
    if folder is not None:
        files = await fetch_all(client, view, folder, without=FILM_ROLE, quiet=as_json)
    if as_json:
        emit(_done_event(view, film, target, files, transferred=transferred))
    else:
        print(target)
        print(f"  {_summary(view, film)}")
        if view.usage is not None:
            print(f"  script by {tokens_and_price(view.usage)}")
        for _, path in files.fetched:
            print(path)
    if files.missing:
        raise CliError(
            f"the film is here, but not {', '.join(files.missing)}",
            Exit.PARTIAL,
            code="partial",
            job_id=view.job_id,
        )
    return Exit.OK


async def fetch_all(
    client: Client,
    view: FilmView,
    folder: Path,
    *,
    without: str | None = None,
    quiet: bool,
) -> Files:
    """Fetches every file of the job, but those of one role, into ``folder``."""
    files = Files()
    for artifact in view.artifacts:
        if artifact.role == without:
            continue
        target = folder / artifact.name
        try:
            await bring(client, view, artifact, target, quiet=quiet)
        except Unreachable:
            raise
        except CliError as error:
            files.missing.append(f"{artifact.name} ({error})")
        else:
            files.fetched.append((artifact, target))
    return files


async def bring(
    client: Client, view: FilmView, artifact: Artifact, target: Path, *, quiet: bool
) -> bool:
    """Fetches one file, with a bar unless ``quiet``; False when it was there."""
    with transfer_bar(artifact.name, artifact.bytes, quiet=quiet) as on_bytes:
        return await fetch(client, view.job_id, artifact, target, on_bytes=on_bytes)


def file_event(artifact: Artifact, path: Path) -> dict[str, Any]:
    """One fetched file, as it stands in an event."""
    return {
        "name": artifact.name,
        "role": artifact.role,
        "path": str(path),
        "bytes": artifact.bytes,
        "sha256": artifact.sha256,
    }


def _done_event(
    view: FilmView, film: Artifact, target: Path, files: Files, *, transferred: bool
) -> dict[str, Any]:
    return {
        "event": "done",
        "job_id": view.job_id,
        "title": view.title,
        "path": str(target),
        "bytes": film.bytes,
        "sha256": film.sha256,
        "duration_s": film_seconds(view),
        "draft": view.draft,
        "usage": view.usage.model_dump() if view.usage else None,
        "transferred": transferred,
        "files": [file_event(artifact, path) for artifact, path in files.fetched],
    }


def _summary(view: FilmView, film: Artifact) -> str:
    seconds = film_seconds(view)
    parts = [] if seconds is None else [figures.clock(seconds)]
    parts += [figures.size(film.bytes), f"job {view.job_id}"]
    return ", ".join(parts + (["draft"] if view.draft else []))
