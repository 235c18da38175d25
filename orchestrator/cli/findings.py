"""What a check found, with everything secret taken out of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shared_protocol.kit.redaction import redact


class Level(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """One line of the doctor: what was checked, how it is, what to do about it."""

    name: str
    level: Level
    message: str
    advice: str | None = None

    def redacted(self) -> Finding:
        """The same without secrets."""
        advice = None if self.advice is None else redact(self.advice)
        return Finding(self.name, self.level, redact(self.message), advice)


def ok(name: str, message: str) -> Finding:
    """All is well."""
    return Finding(name, Level.OK, message)


def warn(name: str, message: str, advice: str) -> Finding:
    """Films can be made, but something is missing."""
    return Finding(name, Level.WARN, message, advice)


def fail(name: str, message: str, advice: str) -> Finding:
    """No film can be made until this is mended."""
    return Finding(name, Level.FAIL, message, advice)
