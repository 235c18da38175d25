"""What is asked of a writing service, what it answers, and how it can fail.

WritingError               a script could not be written; the message is one sentence
├── KeyRefused             the service does not accept the key
├── QuotaSpent             the quota of the day is used up
├── Blocked                the service will not write about this
├── WrongRequest           the service does not take what we asked
├── UnknownModel           the service has no such model
└── Passing                worth another try: busy, cut off, no answer
    ├── Resting            nobody was asked, as every key has to rest
    └── Nonsense           an answer that is not what was asked for
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

from shared_protocol.errors import Code
from shared_protocol.scripts import Source


@dataclass(frozen=True)
class Ask:
    """One question to a writing service."""

    system: str
    prompt: str
    #: JSON Schema of the answer; None for plain text.
    schema: dict[str, Any] | None = None
    temperature: float = 1.0
    #: The service may look things up on the web, and tells where it did.
    search: bool = False


@dataclass
class Answer:
    """What came back, as far as it has come."""

    text: str = ""
    model: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    sources: tuple[Source, ...] = field(default=())


class Service(Protocol):
    """A service that writes; raises WritingError and nothing else."""

    @property
    def models(self) -> tuple[str, ...]:
        """The models that it uses, the first one first."""

    def stream(self, ask: Ask, model: str) -> AsyncGenerator[Answer, None]:
        """The answer as it grows; one request, no retries. To be closed."""

    def stand_by(self) -> None:
        """Begins to load what is small, as films may be ordered; returns at once."""

    async def ready(self) -> None:
        """Loads all that a request needs, as one is to come; asks and costs nothing."""

    async def close(self) -> None:
        """Closes its connections."""


def told_wait_s(headers: Mapping[str, str]) -> float | None:
    """The seconds of ``Retry-After``; None where it says nothing, or a date."""
    found = headers.get("retry-after", "")
    return float(found) if found.replace(".", "", 1).isdigit() else None


def is_near(url: str | None) -> bool:
    """Whether an address is this machine's own, which no proxy setting is meant for."""
    host = urlsplit(url or "").hostname or ""
    return host == "localhost" or host == "::1" or host.startswith("127.")


class WritingError(Exception):
    """A script could not be written; the message can be shown to people."""

    code = Code.WRITER_FAILED


class KeyRefused(WritingError):
    """The key is not accepted."""

    code = Code.WRITER_KEY


class QuotaSpent(WritingError):
    """The quota of the day is used up."""

    code = Code.WRITER_QUOTA


class Blocked(WritingError):
    """The service refuses to write about this."""

    code = Code.WRITER_BLOCKED


class WrongRequest(WritingError):
    """The service does not take what it was asked."""


class UnknownModel(WritingError):
    """The service has no such model."""


class Passing(WritingError):
    """Something that may be over soon; ``wait_s`` is how long the service said."""

    code = Code.WRITER_BUSY

    def __init__(self, message: str, wait_s: float | None = None) -> None:
        super().__init__(message)
        self.wait_s = wait_s


class Resting(Passing):
    """Every key has to rest for ``wait_s``; nobody was asked."""


class Nonsense(Passing):
    """An answer that cannot be used."""

    code = Code.WRITER_FAILED
