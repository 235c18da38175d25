"""What a check found, with everything secret taken out of it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from enum import StrEnum

#: Variables whose values are never shown.
SECRETS = (
    "GEMINI_API_KEY",
    "GOOGLE_API_KEY",
    "MOONREEL_TOKEN",
    "NGROK_AUTHTOKEN",
    "NGROK_AUTH_TOKEN",
    "HF_TOKEN",
    "FAL_KEY",
    "OPENAI_API_KEY",
)
SHORTEST_SECRET = 6
HIDDEN = "***"
_IN_TEXT = re.compile(
    r"(?i)((?:token|key|authorization)[=:]\s*(?:bearer\s+)?)[^\s&\"',]+"
)
_USER_INFO = re.compile(r"(?<=://)[^/@\s]+@")


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


def redact(text: str) -> str:
    """``text`` without values of secret variables, tokens in URLs and user names."""
    for name in SECRETS:
        value = os.environ.get(name, "")
        if len(value) >= SHORTEST_SECRET:
            text = text.replace(value, HIDDEN)
    text = _IN_TEXT.sub(rf"\1{HIDDEN}", text)
    return _USER_INFO.sub(f"{HIDDEN}@", text)
