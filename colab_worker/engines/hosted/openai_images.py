"""Pictures from OpenAI's image models, through its own client."""

from __future__ import annotations

import asyncio
import base64
import json
import os
from pathlib import Path
from typing import Any

import openai

from colab_worker.engines.base import ImageRequest, ServiceFailed, Stopped, Tick
from colab_worker.engines.diffusion.styles import styled
from colab_worker.engines.hosted.patience import BUSY, LOOK_S, Passing, busy, patiently
from colab_worker.engines.hosted.pictures import write_png
from colab_worker.engines.hosted.prices import about_usd, tokens_usd
from colab_worker.engines.hosted.receipts import Receipt, Receipts

LABEL = "OpenAI"
VARIABLE = "OPENAI_API_KEY"
#: The slowest level of care takes minutes.
TIMEOUT_S = 300.0
CONNECT_S = 30.0
#: As the IETF's draft of it says (draft-ietf-httpapi-idempotency-key-header); that an
#: answer was given before is told as Stripe does.
KEY_HEADER, REPLAYED_HEADER = "Idempotency-Key", "idempotent-replayed"
_PERHAPS_TWICE = (
    "OpenAI was asked twice for a picture, under the same key, as the first answer was "
    "lost; it may be counted twice."
)
_IN_OTHER_WORDS = "write the scene's image prompt in other words"
#: Errors of a connection that was never there.
_UNASKED = {"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError"}
_BLOCKED = {"moderation_blocked", "content_policy_violation"}


class OpenAIEngine:
    """``about`` is JSON with the model and the folder of receipts.

    The service answers once, so its answer is kept beside the question until it is safe.
    Of a question without an answer nothing can be learned later: it is asked again under
    the same key, and a service that heeds keys counts it once.
    """

    def __init__(self, about: str) -> None:
        told = json.loads(about)
        self._model = str(told["model"])
        self._receipts = Receipts(Path(told["receipts"]))

    def load(self) -> None:
        """Asks nobody."""
        self._receipts.sweep()

    def draw(self, request: ImageRequest, out: Path, tick: Tick) -> dict[str, Any]:
        """Has it drawn. The seed only tells pictures apart: the service takes none."""
        asked = {
            "model": self._model,
            "prompt": styled(request.prompt, request.style),
            "size": f"{request.width}x{request.height}",
            "quality": request.level,
        }
        receipt = self._receipts.of(asked | {"seed": request.seed})
        facts = receipt.note()
        answer = receipt.answer()
        if facts is None or answer is None:
            answer, facts = self._drawn(asked, request, receipt, tick)
        try:
            write_png(answer, request, out, LABEL)
        except ServiceFailed:
            receipt.refuse()
            raise
        return facts

    def _drawn(
        self, asked: dict[str, Any], request: ImageRequest, receipt: Receipt, tick: Tick
    ) -> tuple[bytes, dict[str, Any]]:
        """The picture's file and its facts, both kept."""
        try:
            reply, unsure = patiently(lambda: _asked(asked, receipt, tick), tick, LABEL)
            answer = _picture(reply)
        except _Refused as refused:
            receipt.refuse()
            raise refused.why from refused
        facts: dict[str, Any] = {
            "service": LABEL,
            "model": self._model,
            "level": request.level,
            "cost_usd": _cost_usd(reply, self._model, request),
        }
        if unsure:
            facts |= {"asked_again": True, "warnings": [_PERHAPS_TWICE]}
        receipt.keep_answer(answer, facts)
        return answer, facts

    def unload(self) -> None:
        """There is nothing to give back."""


class _Refused(Exception):
    """An answer came, and it is no picture."""

    def __init__(self, why: ServiceFailed) -> None:
        super().__init__(str(why))
        self.why = why


def _asked(asked: dict[str, Any], receipt: Receipt, tick: Tick) -> tuple[Any, bool]:
    """One request; a cancel closes its connection. Also whether it may be counted twice."""
    again = receipt.begin()
    try:
        reply, replayed = asyncio.run(_watched(asked, receipt.key, tick))
    except ValueError as error:  # the client does not wrap what is no JSON
        raise _lost() from error
    except openai.OpenAIError as error:
        trouble = _trouble(error)
        if isinstance(trouble, Passing) and not again:
            receipt.unasked()
        answered = isinstance(error, openai.APIStatusError)
        if answered and isinstance(trouble, ServiceFailed):
            raise _Refused(trouble) from error
        raise trouble from error
    return reply, again and not replayed


async def _watched(asked: dict[str, Any], name: str, tick: Tick) -> tuple[Any, bool]:
    # A second try of the client's own would be paid for like the first.
    key = os.environ[VARIABLE]
    async with openai.AsyncOpenAI(
        api_key=key,
        max_retries=0,
        timeout=openai.Timeout(TIMEOUT_S, connect=CONNECT_S),
    ) as client:
        images: Any = client.images.with_raw_response
        named = {KEY_HEADER: name}
        drawing = asyncio.ensure_future(
            images.generate(n=1, output_format="png", extra_headers=named, **asked)
        )
        try:
            while not (await asyncio.wait({drawing}, timeout=LOOK_S))[0]:
                tick(0.2, "OpenAI draws")
        except Stopped:
            drawing.cancel()
            await asyncio.wait({drawing})
            raise
        raw = drawing.result()
        reply = raw.parse()
        if isinstance(reply, str):  # a page of something between
            raise ValueError("no JSON")
        return reply, raw.headers.get(REPLAYED_HEADER) == "true"


def _picture(reply: Any) -> bytes:
    try:
        return base64.b64decode(reply.data[0].b64_json, validate=True)
    except (TypeError, IndexError, AttributeError, ValueError) as error:
        raise _Refused(ServiceFailed("OpenAI answered without a picture")) from error


def _cost_usd(reply: Any, model: str, request: ImageRequest) -> float | None:
    """By the tokens, where the answer tells them; gateways leave them out."""
    usage = getattr(reply, "usage", None)
    tokens = [getattr(usage, f"{way}_tokens", None) for way in ("input", "output")]
    into, out = [count if isinstance(count, int) else None for count in tokens]
    if into is None or out is None:
        return about_usd(model, request.width, request.height, request.level)
    return tokens_usd(model, into, out)


def _trouble(error: Exception) -> Exception:
    if isinstance(error, openai.APIStatusError):
        return _refusal(error)
    if not isinstance(error, openai.APIConnectionError):
        return ServiceFailed("OpenAI answered with something that is no answer")
    if _is_unasked(error):
        return Passing("cannot be reached")
    return _lost()


def _lost() -> ServiceFailed:
    return ServiceFailed(
        "OpenAI took the request, and its answer was lost; it may be counted",
        "retry the job; the picture is asked for again, under the same key",
    )


def _is_unasked(error: openai.APIConnectionError) -> bool:
    """Whether there never was a connection."""
    return type(error.__cause__).__name__ in _UNASKED


def _refusal(error: openai.APIStatusError) -> Exception:
    if isinstance(error, openai.AuthenticationError):
        return ServiceFailed(
            f"OpenAI does not know the key in {VARIABLE}",
            "set it to a key from https://platform.openai.com/api-keys, then start "
            "Moonreel again",
        )
    said = _said(error)
    if error.code in _BLOCKED:
        return ServiceFailed(f"OpenAI refuses to draw this: {said}", _IN_OTHER_WORDS)
    if error.code in {"insufficient_quota", "billing_hard_limit_reached"}:
        return ServiceFailed(
            f"the account of {VARIABLE} has nothing left: {said}",
            "see https://platform.openai.com/settings/organization/billing",
        )
    if error.status_code in BUSY:
        return busy(error.status_code, error.response.headers)
    return ServiceFailed(f"OpenAI refuses (HTTP {error.status_code}): {said}")


def _said(error: openai.APIStatusError) -> str:
    body = error.body if isinstance(error.body, dict) else {}
    return (str(body.get("message") or error.message).splitlines() or [""])[0][:200]
