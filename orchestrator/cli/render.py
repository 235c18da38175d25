"""``moonreel render``: the film of a script that was reviewed or edited."""

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
from orchestrator.cli.music import read_music
from orchestrator.cli.options import add_options, given_fields
from orchestrator.cli.reporters import make_reporter
from orchestrator.cli.servers import add_server_options, open_server
from orchestrator.cli.voice_sample import read_sample
from orchestrator.cli.watch import Patience, Watch
from shared_protocol.films import FilmState, FilmView
from shared_protocol.scripts import RenderOrder, RenderReply


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``render``."""
    add_job_argument(parser, optional=True)
    add = parser.add_argument
    add("-o", "--output", type=Path, metavar="FILE", help="(default: TITLE.mp4 here)")
    add("--all-files", type=Path, metavar="DIR", help="subtitles, pictures, ... too")
    add("--preview", action="store_true", help="only tell what would be made")
    add("--json", action="store_true", help="one JSON event a line on stdout")
    add_options(parser)
    add_server_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Renders, watches and fetches; with ``--preview`` only tells."""
    results.check_output(arguments.output, None)
    return asyncio.run(_run(arguments))


async def _run(arguments: argparse.Namespace) -> int:
    worker = "remote" if arguments.preview else None
    with Interrupts() as interrupts:
        async with (
            open_server(arguments, worker=worker) as server,
            Client(server.url) as client,
        ):
            try:
                return await interrupts.guard(_render(arguments, client))
            except Interrupted:
                raise CliError(
                    "no longer watching; the film goes on with its server",
                    Exit.CANCELED,
                    code="detached",
                    hint="`moonreel serve` keeps one running; `moonreel status "
                    "--follow` watches the film again.",
                ) from None


async def _render(arguments: argparse.Namespace, client: Client) -> int:
    job_id = await resolve(client, arguments.job)
    options = given_fields(vars(arguments))
    order = RenderOrder(options=options, preview=arguments.preview)
    if "music" in options and not arguments.preview:
        music = Path(arguments.music)
        await client.send_music(await asyncio.to_thread(read_music, music))
    if "voice_sample" in options and not arguments.preview:
        sample = Path(arguments.voice_sample)
        await client.send_voice_sample(await asyncio.to_thread(read_sample, sample))
    reply = await client.render(job_id, order)
    if arguments.preview:
        _tell(reply, as_json=arguments.json)
        return Exit.OK
    view = await _followed(arguments, client, job_id)
    if view.state is not FilmState.COMPLETE:
        raise results.why_not(view)
    target = results.film_target(arguments.output, view.title)
    return await results.deliver(
        client, view, target, arguments.all_files, as_json=arguments.json
    )


async def _followed(
    arguments: argparse.Namespace, client: Client, job_id: str
) -> FilmView:
    reporter = make_reporter(as_json=arguments.json)
    view = await client.job(job_id)
    reporter.begin(job_id, view.title, client.url, went_on=True)
    try:
        return await Watch(client, reporter, Patience()).follow(view)
    finally:
        reporter.close()


def _tell(reply: RenderReply, *, as_json: bool) -> None:
    if as_json:
        emit({"event": "render_plan", **reply.model_dump(mode="json")})
        return
    print(reply.plan.message)
    for scene in reply.plan.scenes:
        print(f"  scene {scene.scene}: {', '.join(scene.redo)}")
