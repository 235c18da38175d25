"""Who answers: the server of this home, its port, and the workers."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

from orchestrator.cli import figures
from orchestrator.cli.client import Client
from orchestrator.cli.exits import CliError
from orchestrator.cli.findings import Finding, fail, ok, warn
from orchestrator.cli.servers import served_url
from orchestrator.errors import NotAnAddress, WorkerError
from orchestrator.settings import Settings
from orchestrator.url_intake import WorkerAddress, dig_address
from orchestrator.worker_check import ADVICE, advice_for, steps_of
from orchestrator.worker_client import WorkerClient
from shared_protocol.studio import OrchestratorHealth
from shared_protocol.workers import Health

CONNECT_S, ANSWER_S = 5.0, 10.0
_NOTEBOOK = "Run the notebook again and paste its address: `moonreel connect TEXT`."


async def server_checks(
    settings: Settings, named: str | None
) -> AsyncIterator[Finding]:
    """The server, its port, its workers; ``named`` is the server to ask, if any."""
    url = named or await asyncio.to_thread(served_url, settings.home)
    health = await _health(url) if url else None
    yield _server(url, health, named)
    if named is None:
        yield await asyncio.to_thread(check_port, settings, url if health else None)
    for finding in (*_workers(health), *tunnel_findings(health)):
        yield finding
    for finding in await check_remote(settings):
        yield finding


def check_port(settings: Settings, ours: str | None) -> Finding:
    """Whether ``moonreel serve`` could listen; ``ours`` is where it does already."""
    name = f"port {settings.port}"
    if ours is not None and ours.endswith(f":{settings.port}"):
        return ok(name, "Moonreel listens there")
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        try:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((settings.host, settings.port))
        except OSError as error:
            return warn(
                name,
                f"taken by another program ({error.strerror})",
                "Use another one: moonreel serve --port 5050",
            )
    return ok(name, "free")


async def check_remote(settings: Settings) -> list[Finding]:
    """The check of the remote worker that is written down, as the page does it."""
    name = "remote worker"
    text = settings.worker_address or await asyncio.to_thread(
        _pasted, settings.url_file
    )
    if not text:
        return [ok(name, "none is set; this machine makes the films")]
    try:
        address = dig_address(text)
    except NotAnAddress as error:
        return [warn(name, str(error), error.tip)]
    try:
        health = await _ask(address, settings)
    except WorkerError as error:
        told = f"{address.url} does not answer: {error}"
        return [warn(name, told, advice_for(error))]
    if health.boot_id is None:  # what it tells strangers
        told = f"{address.url} answers, but it wants a token"
        return [warn(name, told, ADVICE["unauthorized"])]
    return [
        ok(name, step.message)
        if step.advice is None
        else warn(name, step.message, step.advice)
        for step in steps_of(address.url, health)
    ]


async def _health(url: str) -> OrchestratorHealth | None:
    try:
        async with Client(url) as client:
            return await client.health()
    except CliError:
        return None


def _server(
    url: str | None, health: OrchestratorHealth | None, named: str | None
) -> Finding:
    if health is not None:
        return ok("server", f"{health.message} ({url}, version {health.version})")
    if named is not None:
        return fail("server", f"{named} does not answer", "Check the address.")
    if url is None:
        return ok("server", "none is running; `moonreel make` brings its own")
    return ok("server", f"the one at {url} has ended; `moonreel make` brings its own")


def _workers(health: OrchestratorHealth | None) -> list[Finding]:
    if health is None:
        return []
    return [
        ok(f"{link.kind} worker of the server", f"{link.url} answers")
        if link.reachable
        else warn(
            f"{link.kind} worker of the server",
            f"{link.url} does not answer",
            _NOTEBOOK if link.kind == "remote" else "It is started with the next film.",
        )
        for link in health.workers
    ]


def tunnel_findings(health: OrchestratorHealth | None) -> list[Finding]:
    """What each tunnel has cost this month."""
    findings = []
    for tunnel in health.tunnels if health else ():
        name = f"traffic of {tunnel.host} in {tunnel.month}"
        spent = figures.spent(tunnel)
        if tunnel.warning:
            findings.append(warn(name, spent, tunnel.warning))
        else:
            findings.append(ok(name, spent))
    return findings


async def _ask(address: WorkerAddress, settings: Settings) -> Health:
    client = WorkerClient(
        address,
        connect_timeout_s=CONNECT_S,
        answer_timeout_s=ANSWER_S,
        private_hosts=frozenset(settings.private_hosts),
    )
    try:
        return await client.health()
    finally:
        await client.close()


def _pasted(file: Path) -> str:
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return ""
    words = (line.strip() for line in lines)
    return next((word for word in words if word and not word.startswith("#")), "")
