"""Gemini through google-genai: one client for each key, answers as they are written."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, cast

from orchestrator.later import Later
from orchestrator.loading import without_collecting
from orchestrator.writer.services.base import (
    Answer,
    Ask,
    Blocked,
    KeyRefused,
    Passing,
    QuotaSpent,
    Resting,
    UnknownModel,
    WritingError,
    WrongRequest,
    is_near,
)
from orchestrator.writer.services.gemini_wire import (
    check_end,
    config_of,
    content_of,
    is_daily,
    refusal_in,
    retry_delay_s,
    take,
)
from orchestrator.writer.services.keys import Key, KeyRing

if TYPE_CHECKING:
    from ssl import SSLContext

    from google.genai import Client
    from google.genai.errors import APIError
    from httpx2 import AsyncClient

log = logging.getLogger(__name__)

#: Where google-genai finds Gemini when no other address is set.
PUBLIC_URL = "https://generativelanguage.googleapis.com"
KEY_PAGE = "https://aistudio.google.com/apikey"
#: Silence after which an answer counts as lost.
SILENCE_S = 120.0
#: How long a connection stays open for the next request, and may take to open.
IDLE_S = 120.0
OPEN_S = 10.0
#: Small packages that google-genai imports, in all a fifth of the time that it takes.
_BELOW = (
    "httpx2",
    "httpcore2",
    "certifi",
    "websockets.asyncio.client",
    "google.auth.aio.credentials",
    "google.auth.credentials",
    "google.auth.transport.mtls",
    "PIL.Image",
)


class Gemini:
    """See ``Service``."""

    def __init__(
        self,
        keys: tuple[str, ...],
        models: tuple[str, ...],
        *,
        url: str | None = None,
        api_version: str | None = None,
        silence_s: float = SILENCE_S,
    ) -> None:
        self._ring = KeyRing(keys)
        self._models = models
        self._url = url
        self._api_version = api_version
        self._silence_s = silence_s
        self._clients: dict[str, Client] = {}
        self._connections: AsyncClient | None = None
        self._opening: asyncio.Task[None] | None = None
        #: When the service was last heard, by the monotonic clock.
        self._heard_at: float | None = None
        self._door = asyncio.Lock()
        self._trust = Later(lambda: _load_below(trust_env=not is_near(url)))
        self._library = Later(_load)

    @property
    def models(self) -> tuple[str, ...]:
        """See ``Service``."""
        return self._models

    def stand_by(self) -> None:
        """See ``Service``."""
        self._trust.begin()

    async def ready(self) -> None:
        """See ``Service``."""
        self._prepare()
        await self._library.get()
        await self._settle_opening()

    async def close(self) -> None:
        """See ``Service``."""
        await self._trust.settle()
        await self._library.settle()
        if self._opening is not None:
            self._opening.cancel()
            await self._settle_opening()
        for client in self._clients.values():
            await client.aio.aclose()
        self._clients.clear()
        if self._connections is not None:
            await self._connections.aclose()
            self._connections = None

    async def stream(self, ask: Ask, model: str) -> AsyncGenerator[Answer, None]:
        """See ``Service``."""
        while True:
            key = self._taken(model)
            async with key.gate:
                if not self._ring.is_ready(key, model):
                    continue  # another film was told so while this one waited
                client = await self._client(key)
                found = self._answers(client, key, ask, model)
                async with aclosing(found) as answers:
                    async for answer in answers:
                        yield answer
                return

    def _taken(self, model: str) -> Key:
        try:
            key, rest_s = self._ring.take(model)
        except KeyRefused as error:
            raise KeyRefused(_REFUSED) from error
        except QuotaSpent as error:
            raise QuotaSpent(_spent(model)) from error
        if rest_s > 0:
            raise Resting(_BUSY, rest_s)
        return key

    async def _answers(
        self, client: Client, key: Key, ask: Ask, model: str
    ) -> AsyncGenerator[Answer, None]:
        from google.genai.errors import APIError
        from httpx2 import HTTPError

        answer, end = Answer(model=model), ""
        refusal: Blocked | None = None
        try:
            chunks = await client.aio.models.generate_content_stream(
                model=model, contents=content_of(ask.prompt), config=config_of(ask)
            )
            async with aclosing(cast("AsyncGenerator[Any, None]", chunks)) as pieces:
                async for chunk in pieces:
                    self._heard_at = time.monotonic()
                    # Heard to its end: google-genai leaves a broken one half open.
                    refusal = refusal or refusal_in(chunk)
                    end = take(answer, chunk) or end
                    yield answer
        except APIError as error:
            raise self._failure(error, key, model) from error
        except (HTTPError, OSError, ValueError) as error:
            what = self._ring.hide(str(error)) or type(error).__name__
            raise Passing(f"the connection to Gemini broke ({what})") from error
        if refusal is not None:
            raise refusal
        check_end(end)

    async def _client(self, key: Key) -> Client:
        self._prepare()
        await self._library.get()
        connections = await self._connected()
        await self._settle_opening()
        trust = await self._trust.get()
        async with self._door:
            if key.text not in self._clients:
                made = await asyncio.to_thread(
                    self._connect, key.text, connections, trust
                )
                self._clients[key.text] = made
            return self._clients[key.text]

    def _connect(self, key: str, connections: AsyncClient, trust: SSLContext) -> Client:
        from google.genai import Client, types

        return Client(
            api_key=key,
            vertexai=False,
            http_options=types.HttpOptions(
                base_url=self._url,
                api_version=self._api_version,
                timeout=int(self._silence_s * 1000),
                httpx_async_client=connections,
                # Else it reads all certificates again, twice.
                async_client_args={"verify": trust, "ssl": trust},
                retry_options=types.HttpRetryOptions(attempts=1),
            ),
        )

    def _prepare(self) -> None:
        """Begins to load the library, and beside it to open a connection."""
        self._trust.begin()
        self._library.begin()
        if self._opening is None and not self._is_open():
            self._opening = asyncio.create_task(self._open(), name="opening Gemini")
            self._opening.add_done_callback(self._opened)

    async def _connected(self) -> AsyncClient:
        """The connections that all keys share."""
        trust = await self._trust.get()
        if self._connections is None:
            import httpx2

            self._connections = httpx2.AsyncClient(
                verify=trust,
                trust_env=not is_near(self._url),
                limits=httpx2.Limits(keepalive_expiry=IDLE_S),
            )
        return self._connections

    def _is_open(self) -> bool:
        """Whether a connection is open, or takes no time to open on this machine."""
        if is_near(self._url):
            return True
        heard = self._heard_at
        return heard is not None and time.monotonic() - heard < IDLE_S / 2

    async def _open(self) -> None:
        """Opens a connection while the library loads: its first use finds it ready."""
        connections = await self._connected()
        from httpx2 import HTTPError, InvalidURL

        with suppress(
            HTTPError, InvalidURL
        ):  # the first question will say what is wrong
            await connections.head(self._url or PUBLIC_URL, timeout=OPEN_S)
            self._heard_at = time.monotonic()

    def _opened(self, task: asyncio.Task[None]) -> None:
        self._opening = None
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("No connection to Gemini could be prepared: %s", error)

    async def _settle_opening(self) -> None:
        if self._opening is not None:
            await asyncio.wait([self._opening])

    def _failure(self, error: APIError, key: Key, model: str) -> WritingError:
        said = self._ring.hide(str(error.message or error.status or "")).strip()
        if error.code in (401, 403) or (error.code == 400 and "API key" in said):
            key.refused = True
            return _after_refusal(self._ring, model)
        if error.code == 404:
            return UnknownModel(f"Gemini has no model {model}: {said}")
        wait_s = retry_delay_s(error)
        if error.code == 429 and is_daily(error.details):
            self._ring.spend(key, model)
            return _after_spending(self._ring, model)
        if error.code == 429 or error.code >= 500:
            if wait_s is not None:
                self._ring.rest(key, wait_s)
            return Passing(f"{_BUSY} (it says: {said})" if said else _BUSY, wait_s)
        return WrongRequest(f"Gemini does not take the request: {said}")


def _load_below(*, trust_env: bool) -> SSLContext:
    """Imports what google-genai stands on; returns whom to trust."""
    for name in _BELOW:
        if find_spec(name.partition(".")[0]) is not None:
            import_module(name)
    import anyio
    import httpx2

    anyio.run(anyio.sleep, 0)  # what drives connections is loaded by its first use

    return httpx2.create_ssl_context(trust_env=trust_env)


def _load() -> None:
    with without_collecting():
        import_module("google.genai")


_BUSY = "Gemini is busy"
_REFUSED = (
    "Gemini does not accept the key; check GEMINI_API_KEY, or get another one at "
    f"{KEY_PAGE}."
)


def _spent(model: str) -> str:
    return (
        f"Today's free requests to {model} are used up with every key; they come back "
        "at midnight Pacific time, or set a key with billing."
    )


def _after_refusal(ring: KeyRing, model: str) -> WritingError:
    """Another key may do; without one, that is the end."""
    try:
        ring.usable(model)
    except WritingError:
        return KeyRefused(_REFUSED)
    return Passing("Gemini does not accept one of the keys", 0.0)


def _after_spending(ring: KeyRing, model: str) -> WritingError:
    try:
        ring.usable(model)
    except WritingError:
        return QuotaSpent(_spent(model))
    return Passing("the quota of one key is used up", 0.0)
