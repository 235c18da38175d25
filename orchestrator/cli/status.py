"""``moonreel status``: one job in full, once or until it ends."""

from __future__ import annotations

import argparse
import asyncio
from urllib.parse import urlsplit

from orchestrator.cli import figures, results
from orchestrator.cli.client import Client
from orchestrator.cli.events import emit, progress_event
from orchestrator.cli.exits import CliError, Exit
from orchestrator.cli.interrupts import Interrupted, Interrupts
from orchestrator.cli.job_ids import add_job_argument, resolve
from orchestrator.cli.reporters import make_reporter
from orchestrator.cli.servers import add_server_options, open_client
from orchestrator.cli.tables import print_table
from orchestrator.cli.tally import film_seconds, stages
from orchestrator.cli.watch import Patience, Watch
from orchestrator.writer.prices import tokens_and_price
from shared_protocol.films import FilmState, FilmView
from shared_protocol.studio import TunnelQuota


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``status``."""
    add_job_argument(parser, optional=True)
    add = parser.add_argument
    add("--follow", action="store_true", help="watch until the job ends")
    add("--json", action="store_true", help="one JSON event a line on stdout")
    add_server_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Shows the job; with ``--follow`` the exit code is the job's."""
    view, tunnels = asyncio.run(_status(arguments))
    if arguments.json:
        if not arguments.follow:
            emit(progress_event(view))
    else:
        print_table(("JOB", view.job_id), [*_facts(view), *_month(view, tunnels)])
    if arguments.follow and view.state is not FilmState.COMPLETE:
        raise results.why_not(view)
    return Exit.OK


async def _status(
    arguments: argparse.Namespace,
) -> tuple[FilmView, tuple[TunnelQuota, ...]]:
    """The job, and what tunnels have cost."""
    async with open_client(arguments) as client:
        job_id = await resolve(client, arguments.job)
        view = await client.job(job_id)
        if arguments.follow and not view.terminal:
            view = await _followed(client, view, as_json=arguments.json)
        return view, (await client.health()).tunnels


async def _followed(client: Client, view: FilmView, *, as_json: bool) -> FilmView:
    reporter = make_reporter(as_json=as_json)
    reporter.begin(view.job_id, view.title, client.url, went_on=True)
    with Interrupts() as interrupts:
        try:
            return await interrupts.guard(
                Watch(client, reporter, Patience()).follow(view)
            )
        except Interrupted:
            raise CliError("no longer watching", Exit.CANCELED) from None
        finally:
            reporter.close()


def _cost(view: FilmView) -> str:
    """What image services took for the film."""
    spent = view.render.cost_usd if view.render else None
    return "" if spent is None else f"about ${spent:.2f} of image services"


def _month(view: FilmView, tunnels: tuple[TunnelQuota, ...]) -> list[tuple[str, str]]:
    """What the tunnel of the film's worker has cost this month."""
    host = urlsplit(view.worker.url).netloc if view.worker else ""
    mine = next((tunnel for tunnel in tunnels if tunnel.host == host), None)
    if mine is None:
        return []
    rows = [("tunnel", f"{figures.spent(mine)} in {mine.month}")]
    return [*rows, ("warning", mine.warning)] if mine.warning else rows


def _facts(view: FilmView) -> list[tuple[str, str]]:
    seconds = film_seconds(view)
    facts = [
        ("title", view.title),
        ("state", f"{view.state.value}, {view.progress}%"),
        ("message", view.message),
        ("left", "" if view.terminal else figures.eta_range(view.eta_s)),
        ("created", figures.local_time(view.created_at)),
        ("finished", figures.local_time(view.finished_at) if view.finished_at else ""),
        ("attempt", str(view.attempt)),
        ("length", "" if seconds is None else figures.clock(seconds)),
        ("draft", "yes" if view.draft else ""),
        ("written by", tokens_and_price(view.usage) if view.usage else ""),
        ("cost", _cost(view)),
        ("worker", f"{view.worker.kind} {view.worker.url}" if view.worker else ""),
    ]
    facts += [(c.name, f"{c.done}/{c.total}") for c in stages(view) if c.total]
    facts += [("warning", warning) for warning in view.warnings]
    if view.error:
        facts += [("error", view.error.message), ("hint", view.error.hint or "")]
    facts += [("file", f"{a.name} ({figures.size(a.bytes)})") for a in view.artifacts]
    return [(name, value) for name, value in facts if value]
