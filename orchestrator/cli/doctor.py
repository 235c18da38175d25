"""``moonreel doctor``: every check, how it is, and what to do about it."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import AsyncIterator

from orchestrator.cli.events import emit
from orchestrator.cli.exits import Exit
from orchestrator.cli.findings import Finding, Level
from orchestrator.cli.gpu_checks import gpu_checks
from orchestrator.cli.machine_checks import machine_checks
from orchestrator.cli.server_checks import server_checks
from orchestrator.cli.servers import add_server_options, checked_url, settings_for
from orchestrator.settings import Settings

COLOURS = {Level.OK: "32", Level.WARN: "33", Level.FAIL: "31"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``doctor``."""
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument(
        "--gpu", action="store_true", help="GPU and models too; draws one picture"
    )
    add_server_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Prints each finding as it comes; 1 when something that is needed fails."""
    settings = settings_for(arguments)
    named = checked_url(arguments.server) if arguments.server else None
    findings = asyncio.run(
        _examine(settings, named, gpu=arguments.gpu, as_json=arguments.json)
    )
    failed = [finding.name for finding in findings if finding.level is Level.FAIL]
    if arguments.json:
        emit({"event": "verdict", "ok": not failed, "failed": failed})
    elif failed:
        print(f"\nnot ready: {', '.join(failed)}")
    else:
        print("\nready to make films")
    return Exit.FAILED if failed else Exit.OK


async def _examine(
    settings: Settings, named: str | None, *, gpu: bool, as_json: bool
) -> list[Finding]:
    findings: list[Finding] = []
    async for finding in _findings(settings, named, gpu=gpu):
        findings.append(finding.redacted())
        _tell(findings[-1], as_json=as_json)
    return findings


async def _findings(
    settings: Settings, named: str | None, *, gpu: bool
) -> AsyncIterator[Finding]:
    for finding in await asyncio.to_thread(lambda: list(machine_checks(settings))):
        yield finding
    if gpu:
        async for finding in gpu_checks():
            yield finding
    async for finding in server_checks(settings, named):
        yield finding


def _tell(finding: Finding, *, as_json: bool) -> None:
    if as_json:
        emit(
            {
                "event": "check",
                "name": finding.name,
                "level": finding.level.value,
                "message": finding.message,
                "advice": finding.advice,
            }
        )
        return
    level = f"{finding.level.value:4}"
    if sys.stdout.isatty() and not os.environ.get("NO_COLOR"):
        level = f"\x1b[{COLOURS[finding.level]}m{level}\x1b[0m"
    print(f"{level}  {finding.name}: {finding.message}", flush=True)
    if finding.advice:
        print(f"      {finding.advice}")
