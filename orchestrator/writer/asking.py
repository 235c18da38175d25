"""Asks a writing service until the answer is right: patiently, and never for ever."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import asdict
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential,
    wait_random,
)

from orchestrator.writer.parts import schema_of
from orchestrator.writer.prices import price_usd
from orchestrator.writer.services.base import (
    Answer,
    Ask,
    Nonsense,
    Passing,
    QuotaSpent,
    Resting,
    Service,
    UnknownModel,
    WritingError,
)
from shared_protocol.errors import describe_validation
from shared_protocol.scripts import Source, Usage
from shared_protocol.wire import content_key

log = logging.getLogger(__name__)

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")

#: Requests for one question, until it counts as failed.
ATTEMPTS = 4
#: Nobody waits longer than this for a service that names its own delay.
LONGEST_WAIT_S = 120.0
#: Nor longer than this, all in all, for a key that other films keep busy.
LONGEST_REST_S = 900.0

#: Hears a sentence about what is waited for.
OnNote = Callable[[str], Awaitable[None]]
#: Hears the answer as it grows, as far as it can be read.
OnPart = Callable[[Any], Awaitable[None]]


class Memory(Protocol):
    """Where answers are kept."""

    async def get(self, key: str) -> str | None:
        """The answer of that key."""

    async def put(self, key: str, answer_json: str) -> None:
        """Keeps an answer."""


class Asker:
    """Questions of one script; counts what they cost."""

    def __init__(
        self,
        service: Service,
        memory: Memory,
        *,
        nonce: str | None = None,
        on_note: OnNote | None = None,
        first_wait_s: float = 1.0,
    ) -> None:
        self._service = service
        self._memory = memory
        #: Makes the same question another one, so that it is really asked.
        self._nonce = nonce
        self._on_note = on_note
        self._first_wait_s = first_wait_s
        self.usage = Usage(model=service.models[0])
        self.sources: dict[str, Source] = {}

    async def ask(
        self,
        ask: Ask,
        model: type[M],
        on_part: OnPart | None = None,
        check: Callable[[M], M] | None = None,
    ) -> M:
        """The answer as ``model``; raises WritingError with a sentence.

        What ``check`` raises Nonsense about is asked again, and not remembered.
        """

        def parse(text: str) -> M:
            return check(_parse(text, model)) if check else _parse(text, model)

        ask = Ask(**vars(ask) | {"schema": schema_of(model)})
        answer = await self._remembered(ask)
        if answer is not None:
            return await asyncio.to_thread(parse, answer.text)
        return await self._asked(ask, parse, on_part)

    async def ask_text(self, ask: Ask) -> str:
        """The answer as it stands."""
        answer = await self._remembered(ask)
        return answer.text if answer else await self._asked(ask, _some_text, None)

    async def _remembered(self, ask: Ask) -> Answer | None:
        found = await self._memory.get(self._key(ask))
        if found is None:
            return None
        values = json.loads(found)
        sources = tuple(Source(**source) for source in values.pop("sources"))
        answer = Answer(**values, sources=sources)
        self._note_sources(answer)
        return answer

    async def _asked(
        self, ask: Ask, parse: Callable[[str], T], on_part: OnPart | None
    ) -> T:
        """Every model in turn, as long as the quota of the one before is spent."""
        models = self._service.models
        for model in models:
            try:
                return await self._patiently(ask, model, parse, on_part)
            except (QuotaSpent, UnknownModel) as error:
                if model == models[-1]:
                    raise
                await self._note(f"{error} {models[models.index(model) + 1]} is asked.")
        raise AssertionError("a service has at least one model")

    async def _patiently(
        self, ask: Ask, model: str, parse: Callable[[str], T], on_part: OnPart | None
    ) -> T:
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(Passing),
            stop=self._stop,
            wait=self._wait,
            before_sleep=self._say_wait,
            reraise=True,
        )
        try:
            async for attempt in retrying:
                with attempt:
                    answer = await self._rested(ask, model, on_part)
                    parsed = parse(answer.text)
                    await self._keep(ask, answer)
                    return parsed
        except Passing as error:
            raise _gave_up(error) from error
        raise AssertionError("tenacity gives at least one attempt")

    async def _rested(self, ask: Ask, model: str, on_part: OnPart | None) -> Answer:
        """The answer, asked for once a key has rested: waiting is no attempt."""
        waited_s = 0.0
        while True:
            try:
                return await self._once(ask, model, on_part)
            except Resting as rest:
                wait_s = rest.wait_s or 0.0
                waited_s += wait_s
                if wait_s > LONGEST_WAIT_S or waited_s > LONGEST_REST_S:
                    raise
                await self._note(f"{rest}; it is asked again in {wait_s:.0f} s.")
                await asyncio.sleep(wait_s)

    async def _once(self, ask: Ask, model: str, on_part: OnPart | None) -> Answer:
        answer = Answer(model=model)
        try:
            async with aclosing(self._service.stream(ask, model)) as answers:
                async for answer in answers:
                    if on_part is not None:
                        await on_part(_readable(answer.text))
        except Resting:
            raise
        except BaseException:
            self._count(answer)
            raise
        self._count(answer)
        return answer

    def _count(self, answer: Answer) -> None:
        spent = price_usd(answer.model, answer.input_tokens, answer.output_tokens)
        before = self.usage.price_usd if self.usage.requests else 0.0
        price = None if spent is None or before is None else before + spent
        self.usage = self.usage.model_copy(
            update={
                "model": answer.model,
                "requests": self.usage.requests + 1,
                "input_tokens": self.usage.input_tokens + answer.input_tokens,
                "output_tokens": self.usage.output_tokens + answer.output_tokens,
                "price_usd": None if price is None else round(price, 6),
            }
        )

    async def _keep(self, ask: Ask, answer: Answer) -> None:
        self._note_sources(answer)
        values = asdict(answer)
        values["sources"] = [source.model_dump() for source in answer.sources]
        await self._memory.put(self._key(ask), json.dumps(values))

    def _note_sources(self, answer: Answer) -> None:
        self.sources |= {source.url: source for source in answer.sources}

    def _key(self, ask: Ask) -> str:
        models = list(self._service.models)
        return content_key([vars(ask), models, self._nonce])

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, Passing) and error.wait_s is not None:
            return error.wait_s
        patience = wait_exponential(multiplier=self._first_wait_s, max=30)
        return patience(state) + wait_random(0, self._first_wait_s / 2)(state)

    def _stop(self, state: RetryCallState) -> bool:
        error = state.outcome.exception() if state.outcome else None
        wait_s = error.wait_s if isinstance(error, Passing) else None
        too_long = wait_s is not None and wait_s > LONGEST_WAIT_S
        waited = isinstance(error, Resting)  # long enough, without an attempt
        return too_long or waited or stop_after_attempt(ATTEMPTS)(state)

    async def _say_wait(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        seconds = state.next_action.sleep if state.next_action else 0.0
        await self._note(f"{error}; it is asked again in {seconds:.0f} s.")

    async def _note(self, sentence: str) -> None:
        log.info("%s", sentence)
        if self._on_note is not None:
            await self._on_note(sentence)


def _parse(text: str, model: type[M]) -> M:
    try:
        return model.model_validate(from_json(text))
    except ValidationError as error:
        _, sentence = describe_validation(error.errors(include_url=False))
        raise Nonsense(f"the answer is not what was asked for ({sentence})") from error
    except ValueError as error:
        raise Nonsense(f"the answer cannot be read ({error})") from error


def _some_text(text: str) -> str:
    if not text.strip():
        raise Nonsense("the answer is empty")
    return text


def _readable(text: str) -> Any:
    try:
        return from_json(text, allow_partial=True)
    except ValueError:
        return None


def _gave_up(error: Passing) -> WritingError:
    wait = error.wait_s or 0.0
    later = f"in {wait / 60:.0f} minutes" if wait > LONGEST_WAIT_S else "later"
    return type(error)(
        f"The script could not be written: {error}; retry the film {later}."
    )
