"""Any service that speaks OpenAI's language: Ollama, vLLM, OpenRouter, OpenAI itself."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from orchestrator.later import Later
from orchestrator.loading import without_collecting
from orchestrator.writer.services.base import (
    Answer,
    Ask,
    Blocked,
    KeyRefused,
    Passing,
    QuotaSpent,
    UnknownModel,
    WritingError,
    WrongRequest,
    is_near,
    told_wait_s,
)
from orchestrator.writer.services.keys import AT_ONCE

if TYPE_CHECKING:
    from openai import APIStatusError, AsyncOpenAI

#: The client wants one, even where the service does not.
_NO_KEY = "none"


class OpenAICompatible:
    """See ``Service``."""

    def __init__(
        self, url: str, key: str | None, models: tuple[str, ...], *, silence_s: float
    ) -> None:
        self._url = url
        self._key = key
        self._models = models
        self._silence_s = silence_s
        self._client: AsyncOpenAI | None = None
        self._library = Later(_load)
        self._door = asyncio.Lock()
        self._gate = asyncio.Semaphore(AT_ONCE)

    @property
    def models(self) -> tuple[str, ...]:
        """See ``Service``."""
        return self._models

    def stand_by(self) -> None:
        """See ``Service``; what it needs beside openai is loaded in any case."""

    async def ready(self) -> None:
        """See ``Service``."""
        await self._connected()

    async def close(self) -> None:
        """See ``Service``."""
        await self._library.settle()
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def stream(self, ask: Ask, model: str) -> AsyncGenerator[Answer, None]:
        """See ``Service``."""
        if ask.search:
            raise WrongRequest(
                "Facts can only be looked up with Gemini; leave grounding out, or set "
                "GEMINI_API_KEY."
            )
        async with self._gate:
            client = await self._connected()
            async with aclosing(self._answers(client, ask, model)) as answers:
                async for answer in answers:
                    yield answer

    async def _answers(
        self, client: AsyncOpenAI, ask: Ask, model: str
    ) -> AsyncGenerator[Answer, None]:
        from openai import APIConnectionError, APIStatusError, OpenAIError

        answer, finish = Answer(model=model), ""
        try:
            chunks = await client.chat.completions.create(**_body(ask, model))
            async with chunks:
                async for chunk in chunks:
                    finish = _take(answer, chunk) or finish
                    yield answer
        except APIStatusError as error:
            raise self._failure(error, model) from error
        except APIConnectionError as error:
            raise Passing(f"{self._url} cannot be reached") from error
        except (OpenAIError, OSError, ValueError) as error:
            raise Passing(f"the answer from {self._url} broke off") from error
        if finish == "content_filter":
            raise Blocked(f"{model} will not write this; put the topic otherwise.")
        if finish != "stop":
            raise Passing(f"the answer from {self._url} broke off")

    async def _connected(self) -> AsyncOpenAI:
        await self._library.get()
        async with self._door:
            if self._client is None:
                self._client = await asyncio.to_thread(self._connect)
            return self._client

    def _connect(self) -> AsyncOpenAI:
        from openai import AsyncOpenAI, DefaultAsyncHttpxClient

        return AsyncOpenAI(
            base_url=self._url,
            api_key=self._key or _NO_KEY,
            timeout=self._silence_s,
            max_retries=0,
            http_client=DefaultAsyncHttpxClient(trust_env=not is_near(self._url)),
        )

    def _failure(self, error: APIStatusError, model: str) -> WritingError:
        said = str(error.message).replace(self._key or "\0", "***")
        if error.status_code in (401, 403):
            return KeyRefused(f"{self._url} does not accept the key in OPENAI_API_KEY.")
        if error.status_code == 404:
            return UnknownModel(f"{self._url} has no model {model}: {said}")
        if error.status_code == 429 and error.code == "insufficient_quota":
            return QuotaSpent(f"The quota at {self._url} is used up: {said}")
        if error.status_code == 429 or error.status_code >= 500:
            return Passing(
                f"{self._url} is busy ({said})", told_wait_s(error.response.headers)
            )
        return WrongRequest(f"{self._url} does not take the request: {said}")


def _load() -> None:
    """Imports openai, which takes a second."""
    with without_collecting():
        import openai  # noqa: F401


def _body(ask: Ask, model: str) -> dict[str, Any]:
    body: dict[str, Any] = {
        "model": model,
        "messages": [
            {"role": "system", "content": ask.system},
            {"role": "user", "content": ask.prompt},
        ],
        "temperature": ask.temperature,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if ask.schema is not None:
        shape = {"name": "answer", "schema": ask.schema}
        body["response_format"] = {"type": "json_schema", "json_schema": shape}
        # Small models need to read the schema, too.
        told = json.dumps(ask.schema)
        body["messages"][0]["content"] += f"\n\nAnswer with JSON of this schema: {told}"
    return body


def _take(answer: Answer, chunk: Any) -> str:
    """Adds a piece to the answer; why it ended, if it did."""
    if chunk.usage is not None:
        answer.input_tokens = chunk.usage.prompt_tokens
        answer.output_tokens = chunk.usage.completion_tokens
    if not chunk.choices:
        return ""
    choice = chunk.choices[0]
    answer.text += choice.delta.content or ""
    return choice.finish_reason or ""
