"""The one filter that takes secrets out of logs, errors and reports.

It knows the values of secret variables, values that were named to it, and the shapes of
the tokens that Moonreel and its services use.
"""

from __future__ import annotations

import os
import re

#: Variables whose values are never shown.
SECRETS = (
    "GEMINI_API_KEY",
    "GOOGLE_API_KEY",
    "MOONREEL_TOKEN",
    "MOONREEL_PASSWORD",
    "NGROK_AUTHTOKEN",
    "NGROK_AUTH_TOKEN",
    "NGROK_API_KEY",
    "HF_TOKEN",
    "FAL_KEY",
    "OPENAI_API_KEY",
    "AWS_SECRET_ACCESS_KEY",
)
SHORTEST_SECRET = 6
HIDDEN = "***"
_named: set[str] = set()

_WORDS = "(?:token|key|secret|password|signature|authorization)"
#: ``token=...`` of a query or fragment.
_GIVEN = re.compile(rf"(?i)({_WORDS}=)[^\s&\"',]+")
#: ``"key": "..."``, ``Authorization: Bearer ...``: a value that is long, or
#: holds a digit, so that words of a sentence stay.
_ASSIGNED = re.compile(
    rf"(?i)({_WORDS}[\"']?\s*[=:]\s*[\"']?"
    r"(?:bearer\s+|basic\s+)?)"
    r"(?:(?=[^\s&\"',]*\d)[\w.~+/=-]{6,}|[\w.~+/=-]{20,})"
)
_BEARER = re.compile(
    r"(?i)(bearer\s+|authorization[\"']?:\s*[\"']?basic\s+)[\w.~+/=-]{8,}"
)
_USER_INFO = re.compile(r"(?<=://)[^/@\s]+@")
_SHAPES = re.compile(
    r"\bs1\.[drs]{1,3}\.\d+\.[\w-]{43}"  # our scoped tokens
    r"|\bAIza[\w-]{35}"  # Google
    r"|\bhf_[A-Za-z0-9]{20,}"  # Hugging Face
    r"|\bsk-[\w-]{20,}"  # OpenAI
    r"|\b[0-9][A-Za-z0-9]{20,}_[A-Za-z0-9]{18,}\b"  # ngrok
)


def keep_secret(value: str | None) -> None:
    """From now on ``value`` is taken out of whatever passes the filter."""
    if value and len(value) >= SHORTEST_SECRET:
        _named.add(value)


def redact(text: str) -> str:
    """``text`` without secrets."""
    values = [os.environ.get(name, "") for name in SECRETS]
    for value in (*values, *_named):
        if len(value) >= SHORTEST_SECRET:
            text = text.replace(value, HIDDEN)
    text = _SHAPES.sub(HIDDEN, text)
    text = _GIVEN.sub(rf"\1{HIDDEN}", text)
    text = _BEARER.sub(rf"\1{HIDDEN}", text)
    text = _ASSIGNED.sub(rf"\1{HIDDEN}", text)
    return _USER_INFO.sub(f"{HIDDEN}@", text)
