"""How a command ends: the exit codes, and the error that carries one."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes; ``docs/cli.md`` explains each."""

    OK = 0
    FAILED = 1
    USAGE = 2
    UNREACHABLE = 3
    PARTIAL = 4
    CANCELED = 130


class CliError(Exception):
    """An expected end: one sentence for people, a code for programs, an exit code."""

    def __init__(
        self,
        message: str,
        exit_code: Exit = Exit.FAILED,
        *,
        code: str = "failed",
        hint: str | None = None,
        job_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.exit_code = exit_code
        self.code = code
        self.hint = hint
        self.job_id = job_id


class UsageError(CliError):
    """The command was asked for something that it does not take."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message, Exit.USAGE, code="usage", hint=hint)


class Unreachable(CliError):
    """No orchestrator, or no worker, answers."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message, Exit.UNREACHABLE, code="unreachable", hint=hint)


class HomeBusy(CliError):
    """Another process has the home folder, and may be about to listen or to end."""
