"""How long a question is asked: attempts are counted, and waiting for a key is none."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from orchestrator.writer.asking import ATTEMPTS, LONGEST_WAIT_S, Asker
from orchestrator.writer.parts import WrittenStory
from orchestrator.writer.services.base import Answer, Ask, Passing, Resting
from orchestrator.writer.services.keys import KeyRing

ASK = Ask(system="", prompt="Tell me.")


class Nothing:
    """Remembers nothing."""

    async def get(self, _key: str) -> str | None:
        """Nothing."""
        return None

    async def put(self, _key: str, _answer: str) -> None:
        """Forgets it."""


class Scripted:
    """A service that fails as it is told, and then answers."""

    models = ("model",)

    def __init__(self, *failures: Passing) -> None:
        self._failures = list(failures)

    async def stream(self, _ask: Ask, model: str) -> AsyncGenerator[Answer, None]:
        """The next failure, or an answer."""
        if self._failures:
            raise self._failures.pop(0)
        yield Answer(text="Told.", model=model, output_tokens=7)

    async def close(self) -> None:
        """Nothing is open."""


def asker(*failures: Passing) -> Asker:
    """Of a service that fails so."""
    return Asker(Scripted(*failures), Nothing(), first_wait_s=0.001)


async def test_an_answer_that_nobody_hears_any_more_is_closed_at_once() -> None:
    """Its connection is not left open until somebody looks for garbage."""
    closed = []

    class Growing(Scripted):
        """A service whose answer goes on for ever."""

        async def stream(self, _ask: Ask, model: str) -> AsyncGenerator[Answer, None]:
            """One piece after another."""
            try:
                while True:
                    yield Answer(text="{", model=model)
            finally:
                closed.append(model)

    async def stumble(_part: object) -> None:
        raise ZeroDivisionError

    asking = Asker(Growing(), Nothing())
    with pytest.raises(ZeroDivisionError):
        await asking.ask(ASK, WrittenStory, stumble)
    assert closed == ["model"]


async def test_waiting_for_a_key_is_no_attempt() -> None:
    """Far more rests than attempts, and all real attempts but one failed."""
    rests = [Resting("busy", 0.001)] * 5
    failures = [*rests, Passing("busy", 0.001)] * (ATTEMPTS - 1)
    asking = asker(*failures, *rests)

    assert await asking.ask_text(ASK) == "Told."
    assert asking.usage.requests == ATTEMPTS
    assert asking.usage.output_tokens == 7


async def test_attempts_end() -> None:
    """As many as are allowed, and not one more."""
    asking = asker(*[Passing("it is busy", 0.001)] * (ATTEMPTS + 1))

    with pytest.raises(Passing, match="it is busy; retry the film later"):
        await asking.ask_text(ASK)
    assert asking.usage.requests == ATTEMPTS


async def test_a_key_that_rests_for_long_is_not_waited_for() -> None:
    """The sentence says when to come back, and nobody was asked."""
    asking = asker(Resting("it is busy", LONGEST_WAIT_S * 5))

    with pytest.raises(Resting, match="retry the film in 10 minutes"):
        await asking.ask_text(ASK)
    assert asking.usage.requests == 0


def test_a_key_that_has_rested_is_used_in_turn_again() -> None:
    """It is not left out for ever because it rested once."""
    now = [0.0]
    ring = KeyRing(("one", "two"), clock=lambda: now[0])
    first, _ = ring.take("model")
    ring.rest(first, 5)
    assert [ring.take("model")[0].text for _ in range(2)] == ["two", "two"]
    now[0] = 6.0

    assert {ring.take("model")[0].text for _ in range(2)} == {"one", "two"}
