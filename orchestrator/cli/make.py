"""``moonreel make``: one film from a text or a topic, going on where it stopped."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestrator.cli import results
from orchestrator.cli.client import Client
from orchestrator.cli.events import emit
from orchestrator.cli.exits import CliError, Exit, UsageError
from orchestrator.cli.interrupts import Interrupted, Interrupts
from orchestrator.cli.music import music_of_project, read_music
from orchestrator.cli.options import add_options, build_request
from orchestrator.cli.projects import is_project, read_project
from orchestrator.cli.references import references_of_files, references_of_project
from orchestrator.cli.reporters import Reporter, make_reporter
from orchestrator.cli.rest import comes_to_rest
from orchestrator.cli.servers import (
    Server,
    add_server_options,
    open_server,
    settings_for,
)
from orchestrator.cli.story_files import read_story
from orchestrator.cli.submissions import idempotency_key
from orchestrator.cli.voice_sample import read_sample
from orchestrator.cli.watch import Patience, ServerGone, Watch
from shared_protocol.films import FilmState, FilmView
from shared_protocol.kit.numbers import amount
from shared_protocol.orders import GenerateRequest

#: A server that was found, not named, is replaced this often when it goes away.
MOST_SERVERS = 4
#: How long a found server may be silent, in seconds.
FOUND_PATIENCE_S = 5.0
_STOPPED = (FilmState.ERROR, FilmState.CANCELED)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``make``."""
    parser.add_argument(
        "file", nargs="?", metavar="FILE", help="text or project.zip; - is stdin"
    )
    add = parser.add_argument
    add("-o", "--output", type=Path, metavar="FILE", help="(default: TITLE.mp4 here)")
    add("--all-files", type=Path, metavar="DIR", help="subtitles, pictures, ... too")
    add("--fresh", action="store_true", help="start over rather than go on")
    add("--dry-run", action="store_true", help="show the request and its scenes only")
    add("--json", action="store_true", help="one JSON event a line on stdout")
    add_options(parser)
    add_server_options(parser)
    parser.add_argument(
        "--worker",
        choices=("auto", "local", "remote"),
        help="which worker may do it, when no server is running",
    )
    parser.add_argument(
        "--worker-wait",
        type=amount,
        default=300.0,
        metavar="SECONDS",
        help="how long the job may be without a worker (default: 300)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Makes the film; the exit code."""
    request = _request(arguments)
    if arguments.dry_run:
        from orchestrator.cli.dry_run import show

        return show(request, as_json=arguments.json)
    story = None if arguments.file == "-" else arguments.file
    results.check_output(arguments.output, story)
    return asyncio.run(_make(arguments, request))


@dataclass
class Film:
    """One film under way: what was asked, and what is known of it so far."""

    arguments: argparse.Namespace
    request: GenerateRequest
    key: str
    reporter: Reporter
    job_id: str | None = None


async def _make(arguments: argparse.Namespace, request: GenerateRequest) -> int:
    home = settings_for(arguments).home
    key = await asyncio.to_thread(idempotency_key, request, home, fresh=arguments.fresh)
    film = Film(arguments, request, key, make_reporter(as_json=arguments.json))
    with Interrupts() as interrupts:
        for _ in range(MOST_SERVERS):
            try:
                async with open_server(arguments, worker=arguments.worker) as server:
                    return await _with_server(film, server, interrupts)
            except ServerGone:
                if arguments.server:
                    raise
            finally:
                film.reporter.close()
    raise CliError("every server that took the job went away; see its log")


async def _with_server(film: Film, server: Server, interrupts: Interrupts) -> int:
    if film.arguments.worker and not server.embedded:
        raise UsageError(
            f"--worker is for a server of its own, but the one at {server.url} is "
            "running and decides itself; leave --worker out, or stop that server"
        )
    try:
        async with Client(server.url) as client:
            view = await interrupts.guard(_render(film, server, client))
            film.reporter.close()
            return await interrupts.guard(_hand_over(film, client, view))
    except Interrupted:
        film.reporter.close()
        raise await _farewell(film, server) from None
    except CliError as error:
        error.job_id = film.job_id
        raise


async def _render(film: Film, server: Server, client: Client) -> FilmView:
    """Submits, or goes on with what the same command began; the ended job."""
    before = {job.job_id for job in (await client.jobs()).jobs}
    if film.request.music is not None:
        await client.send_music(await asyncio.to_thread(_music, film.arguments))
    sample = getattr(film.arguments, "voice_sample", None)
    if sample is not None:
        data = await asyncio.to_thread(read_sample, Path(sample))
        await client.send_voice_sample(data)
    for picture in _references(film):
        await client.send_reference(picture)
    accepted = await client.generate(film.request, film.key)
    film.job_id = accepted.job_id
    view = await client.job(film.job_id)
    where = "a server of this command" if server.embedded else server.url
    went_on = film.job_id in before
    film.reporter.begin(film.job_id, view.title, where, went_on=went_on)
    patience = Patience(worker_s=film.arguments.worker_wait)
    if not server.named:
        patience = Patience(FOUND_PATIENCE_S, film.arguments.worker_wait)
    watch = Watch(client, film.reporter, patience)
    if view.state is FilmState.CANCELING:
        view = await watch.follow(view)
    if view.state in _STOPPED and went_on:
        await client.retry(film.job_id)
        view = await client.job(film.job_id)
    return await watch.follow(view)


async def _hand_over(film: Film, client: Client, view: FilmView) -> int:
    """Brings the film to its place and says where it is."""
    arguments = film.arguments
    if view.state is FilmState.REVIEW:
        return _to_review(view, as_json=arguments.json)
    if view.state is not FilmState.COMPLETE:
        return await _leftovers(film, client, view)
    target = results.film_target(arguments.output, view.title)
    return await results.deliver(
        client, view, target, arguments.all_files, as_json=arguments.json
    )


def _to_review(view: FilmView, *, as_json: bool) -> int:
    """The script is written, and waits to be read."""
    if as_json:
        emit({"event": "review", "job_id": view.job_id, "message": view.message})
        return Exit.OK
    print(f"{view.title}: {view.message}")
    print(f"  moonreel script {view.job_id} --edit   # read and edit it")
    print(f"  moonreel render {view.job_id}          # make the film")
    return Exit.OK


async def _leftovers(film: Film, client: Client, view: FilmView) -> int:
    """The job did not become a film: its finished files if asked for, then why."""
    error = results.why_not(view)
    if film.arguments.all_files and view.artifacts:
        files = await results.fetch_all(
            client, view, film.arguments.all_files, quiet=film.arguments.json
        )
        if files.fetched:
            error.exit_code = Exit.PARTIAL
    raise error


async def _farewell(film: Film, server: Server) -> CliError:
    """Cancels what only lives with this command; what to tell the person."""
    again = "the same command goes on where it stopped"
    if film.arguments.fresh:
        again = "the same command without --fresh goes on where it stopped"
    if not server.embedded:
        if film.job_id is None:
            return _stopped("stopped before the job began", film)
        return _stopped(
            f"no longer watching; the job goes on at {server.url}",
            film,
            code="detached",
            hint=f"`moonreel cancel {film.job_id}` stops it; "
            "the same command watches it again.",
        )
    if film.job_id is not None:
        async with Client(server.url) as client:
            await _cancel(client, film.job_id)
    return _stopped(f"stopped; {again}", film)


async def _cancel(client: Client, job_id: str) -> None:
    """Stops the job, so that the next command finds it at rest."""
    try:
        await client.cancel(job_id)
    except CliError:
        return  # the server stops with us anyway, and a job at work goes on as well
    await comes_to_rest(client, job_id)


def _stopped(
    message: str, film: Film, *, code: str = "canceled", hint: str | None = None
) -> CliError:
    return CliError(message, Exit.CANCELED, code=code, hint=hint, job_id=film.job_id)


def _request(arguments: argparse.Namespace) -> GenerateRequest:
    """The order: of a saved film with what else is given, or of a text or topic."""
    if arguments.file is not None and is_project(arguments.file):
        saved = read_project(arguments.file).request
        return build_request(vars(arguments), None, saved=saved)
    return build_request(vars(arguments), _story(arguments))


def _music(arguments: argparse.Namespace) -> bytes:
    """The music of the order: of a file, or as it lies in a saved film."""
    named = getattr(arguments, "music", None)
    return read_music(Path(named)) if named else music_of_project(arguments.file)


def _references(film: Film) -> Iterator[bytes]:
    """The reference pictures of the order: of files, or as they lie in a saved film."""
    if film.request.scenes:
        return references_of_project(film.arguments.file, film.request)
    return references_of_files(getattr(film.arguments, "references", ()))


def _story(arguments: argparse.Namespace) -> str | None:
    topic = getattr(arguments, "topic", None)
    if (arguments.file is None) == (topic is None):
        raise UsageError("give a FILE (or - for stdin), or --topic, and not both")
    return None if arguments.file is None else read_story(arguments.file)
