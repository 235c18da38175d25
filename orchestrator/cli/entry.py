"""From the words after ``moonreel`` to one command; imports nothing heavy."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from typing import NoReturn, Protocol

from orchestrator.cli.exits import CliError, Exit, UsageError
from orchestrator.loading import without_collecting


class Command(Protocol):
    """What the module of a command offers."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Adds the command's own options."""

    def run(self, arguments: argparse.Namespace) -> int:
        """Does it; returns the exit code or raises CliError."""


class _Parser(argparse.ArgumentParser):
    """A mistake is a sentence, or an event, like any other; options are not listed."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, hint=f"`{self.prog} --help` lists what there is.")


#: Command, the module that does it, and its line in ``--help``.
COMMANDS = {
    "make": ("make", "make a film from a text file, from - (stdin) or from --topic"),
    "serve": ("serve", "run the server and its web page until Ctrl-C"),
    "worker": ("worker", "run a worker on this machine (the one with the GPU)"),
    "models": ("models", "list, pull, remove or link models on this machine"),
    "connect": ("connect", "connect a worker: its URL, or any text that contains it"),
    "jobs": ("jobs", "list the jobs, newest first"),
    "status": ("status", "show one job, or the newest"),
    "fetch": ("fetch", "download the film of a job, one file, or all of them"),
    "link": ("link", "print a link to a finished film, straight from its worker"),
    "script": ("script", "show the script of a job, or open it in $EDITOR"),
    "render": ("render", "make the film of a script that was reviewed or edited"),
    "cancel": ("job_actions", "stop a job; what is finished stays"),
    "retry": ("retry", "go on with a failed job, or draw a scene's picture again"),
    "allow": ("job_actions", "fetch a film although its tunnel has too little left"),
    "delete": ("job_actions", "forget a job and its files on the server"),
    "doctor": ("doctor", "check what is needed, and say what to do about it"),
    "voices": ("voices", "list the voices"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code; expected errors become a sentence."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        return _dispatch(words)
    except CliError as error:
        _explain(error, as_json="--json" in words)
        return error.exit_code
    except OSError as error:
        return _system_said(error, as_json="--json" in words)
    except ModuleNotFoundError as error:
        return _package_missing(error, as_json="--json" in words)
    except KeyboardInterrupt:
        print("moonreel: stopped", file=sys.stderr)
        return Exit.CANCELED


def _dispatch(words: list[str]) -> int:
    name = words[0] if words else ""
    if name in ("worker", "models"):  # all options are the worker's own
        return _module(name).run(argparse.Namespace(words=words[1:]))
    if name not in COMMANDS:
        return _top_level(words)
    command = _module(name)
    parser = _Parser(
        prog=f"moonreel {name}",
        description=f"{COMMANDS[name][1][:1].upper()}{COMMANDS[name][1][1:]}.",
        allow_abbrev=False,
    )
    command.add_arguments(parser)
    arguments = parser.parse_args(words[1:])
    arguments.command = name
    return command.run(arguments)


def _module(name: str) -> Command:
    with without_collecting():
        module: Command = importlib.import_module(
            f"orchestrator.cli.{COMMANDS[name][0]}"
        )
    return module


def _top_level(words: list[str]) -> int:
    parser = _parser()
    if not words:
        parser.print_help()
        return Exit.USAGE
    if not words[0].startswith("-"):
        raise UsageError(
            f"{words[0]!r} is not a command; choose one of: {', '.join(COMMANDS)}"
        )
    options = parser.parse_args(words)
    if options.version:
        from importlib.metadata import version

        print(f"moonreel {version('moonreel')}")
    return Exit.OK


def _parser() -> argparse.ArgumentParser:
    lines = "\n".join(f"  {name:9} {COMMANDS[name][1]}" for name in COMMANDS)
    parser = _Parser(
        prog="moonreel",
        usage="moonreel COMMAND [options]",
        description="Turns a topic or a text into a narrated film.",
        epilog=f"commands:\n{lines}\n\n"
        "`moonreel COMMAND --help` lists the options of a command.\n"
        "exit codes: 0 ok, 1 failed, 2 usage, 3 worker unreachable, 4 partial, "
        "130 cancelled",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="store_true", help="print the version")
    return parser


def _system_said(error: OSError, *, as_json: bool) -> int:
    """A full disk, a folder that may not be written: a sentence, not a trace."""
    if isinstance(error, BrokenPipeError):  # our reader went away, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.FAILED
    where = f"{error.filename}: " if error.filename else ""
    reason = error.strerror or type(error).__name__
    _explain(CliError(f"{where}{reason}", code="system"), as_json=as_json)
    return Exit.FAILED


def _package_missing(error: ModuleNotFoundError, *, as_json: bool) -> int:
    """An update may need a package that is not here yet; our own always are."""
    package = (error.name or "").partition(".")[0]
    if package in ("orchestrator", "colab_worker", "shared_protocol", ""):
        raise error
    told = CliError(
        f"the package {package!r} is not installed",
        code="system",
        hint="Moonreel was updated: run `make setup` in its folder, or install it again "
        "with pip.",
    )
    _explain(told, as_json=as_json)
    return told.exit_code


def _explain(error: CliError, *, as_json: bool) -> None:
    if as_json:
        from orchestrator.cli.events import emit, error_event

        emit(error_event(error))
        return
    print(f"moonreel: {error}", file=sys.stderr)
    if error.hint and error.hint not in str(error):  # what failed in a job says both
        print(f"  {error.hint}", file=sys.stderr)
