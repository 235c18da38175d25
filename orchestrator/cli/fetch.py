"""``moonreel fetch``: the film of a job, one of its files, or all of them."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from orchestrator.cli import results
from orchestrator.cli.client import Client
from orchestrator.cli.events import emit
from orchestrator.cli.exits import CliError, Exit
from orchestrator.cli.interrupts import Interrupted, Interrupts
from orchestrator.cli.job_ids import add_job_argument, resolve
from orchestrator.cli.servers import add_server_options, open_client
from shared_protocol.artifacts import Artifact
from shared_protocol.films import FilmState, FilmView


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``fetch``."""
    add_job_argument(parser, optional=False)
    add = parser.add_argument
    add("-o", "--output", type=Path, metavar="PATH", help="file; with --all a folder")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--name", help="one file by its name, as captions.srt")
    which.add_argument("--all", action="store_true", help="every file of the job")
    add("--json", action="store_true", help="one JSON event a line on stdout")
    add_server_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Downloads; resumes what was begun."""
    return asyncio.run(_run(arguments))


async def _run(arguments: argparse.Namespace) -> int:
    with Interrupts() as interrupts:
        async with open_client(arguments) as client:
            try:
                return await interrupts.guard(_fetch(client, arguments))
            except Interrupted:
                raise CliError(
                    "stopped; the same command goes on where it stopped", Exit.CANCELED
                ) from None


async def _fetch(client: Client, arguments: argparse.Namespace) -> int:
    view = await client.job(await resolve(client, arguments.job))
    if arguments.all:
        return await _everything(client, view, arguments)
    if arguments.name is None:
        target = results.film_target(arguments.output, view.title)
        return await results.deliver(client, view, target, None, as_json=arguments.json)
    artifact = _named(view, arguments.name)
    target = _place(arguments.output, artifact.name)
    await results.bring(client, view, artifact, target, quiet=arguments.json)
    _tell(view, [(artifact, target)], as_json=arguments.json)
    return Exit.OK


async def _everything(
    client: Client, view: FilmView, arguments: argparse.Namespace
) -> int:
    folder = arguments.output or Path(f"moonreel-{view.job_id[-8:]}")
    files = await results.fetch_all(client, view, folder, quiet=arguments.json)
    _tell(view, files.fetched, as_json=arguments.json)
    if files.missing:
        raise CliError(
            f"not fetched: {', '.join(files.missing)}", Exit.PARTIAL, code="partial"
        )
    if view.state is not FilmState.COMPLETE:
        raise CliError(
            f"the job is {view.state.value}, so these are only the files it has so far",
            Exit.PARTIAL,
            code="partial",
            job_id=view.job_id,
        )
    return Exit.OK


def _named(view: FilmView, name: str) -> Artifact:
    for artifact in view.artifacts:
        if artifact.name == name:
            return artifact
    names = ", ".join(artifact.name for artifact in view.artifacts) or "none yet"
    raise CliError(f"the job has no file {name!r}; it has: {names}", code="not_found")


def _place(output: Path | None, name: str) -> Path:
    if output is None:
        return Path(name)
    return output / name if output.is_dir() else output


def _tell(view: FilmView, files: list[tuple[Artifact, Path]], *, as_json: bool) -> None:
    if not as_json:
        for _, path in files:
            print(path)
        return
    events = [results.file_event(artifact, path) for artifact, path in files]
    emit({"event": "files", "job_id": view.job_id, "files": events})
