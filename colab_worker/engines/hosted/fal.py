"""Pictures from fal.ai: FLUX.1 dev with LoRAs, through the queue of its own client."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import fal_client
import fal_client.client
import httpx

from colab_worker.engines.base import ImageRequest, ServiceFailed, Stopped, Tick
from colab_worker.engines.diffusion.styles import styled
from colab_worker.engines.hosted.patience import BUSY, Passing, busy, patiently, rested
from colab_worker.engines.hosted.pictures import MOST_BYTES, write_png
from colab_worker.engines.hosted.prices import about_usd
from colab_worker.engines.hosted.receipts import Receipt, Receipts

log = logging.getLogger(__name__)

LABEL = "fal.ai"
VARIABLE = "FAL_KEY"
TIMEOUT_S = 30.0
POLL_S = 0.5
_IN_OTHER_WORDS = "write the scene's image prompt in other words"
#: Errors of a connection that was never there, so that nothing was asked yet.
_UNASKED = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
#: An address that ran out, or never was.
_GONE = {403, 404, 410}
#: Somebody between did not wait for the answer.
_LATE = {408, 504, 520, 522, 524}
_ACCOUNT = {401, 403}
_LOST = "fal.ai took the request, and its answer was lost; it may be counted"
_ANEW = "retry the job; the picture is asked for anew"


class _Gone(Passing):
    """The picture's address gives nothing any more."""


class _Kept(ServiceFailed):
    """It says nothing about the request that was sent: that one is asked after again."""


class FalEngine:
    """``about`` is JSON with the model and the folder of receipts."""

    def __init__(self, about: str) -> None:
        told = json.loads(about)
        self._model = str(told["model"])
        self._receipts = Receipts(Path(told["receipts"]))
        self._client: fal_client.SyncClient | None = None

    def load(self) -> None:
        """Takes the key; asks nobody."""
        # The client would send a question again whose answer was lost, which is paid
        # twice, and pays no heed to the delay that the service asks for.
        fal_client.client.MAX_ATTEMPTS = 1
        self._client = fal_client.SyncClient(
            key=os.environ[VARIABLE], default_timeout=TIMEOUT_S
        )
        self._receipts.sweep()

    def draw(self, request: ImageRequest, out: Path, tick: Tick) -> dict[str, Any]:
        """Has it drawn; a request that was sent before is only asked after."""
        question = {"model": self._model, "arguments": _arguments(request)}
        receipt = self._receipts.of(question)
        handle = self._known(receipt, tick) or self._submitted(question, receipt, tick)
        try:
            _wait(handle, tick)
            result = patiently(lambda: _asked(handle.get), tick, LABEL)
            write_png(_fetched(result, tick), request, out, LABEL)
        except Stopped:
            _cancel(handle)
            raise
        except ServiceFailed as failed:
            if _is_over(failed):
                receipt.forget()
            raise
        return {
            "service": LABEL,
            "model": self._model,
            "request_id": handle.request_id,
            "steps": request.steps,
            "guidance": request.guidance,
            "cost_usd": about_usd(self._model, request.width, request.height, None),
        }

    def unload(self) -> None:
        """Closes nothing that matters."""
        self._client = None

    def _known(self, receipt: Receipt, tick: Tick) -> Any:
        """The request of before, if the service still knows it and it went well."""
        note = receipt.note()
        if note is None:
            return None
        handle = self._asking.get_handle(self._model, note["request_id"])
        try:
            status = patiently(lambda: _asked(handle.status), tick, LABEL)
        except ServiceFailed as failed:
            if not _is_over(failed):
                raise
            return None
        return None if getattr(status, "error", None) else handle

    def _submitted(
        self, question: Mapping[str, Any], receipt: Receipt, tick: Tick
    ) -> Any:
        client = self._asking
        handle = patiently(
            lambda: _asked(
                lambda: client.submit(self._model, question["arguments"]), pays=True
            ),
            tick,
            LABEL,
        )
        receipt.keep({"request_id": handle.request_id})
        return handle

    @property
    def _asking(self) -> fal_client.SyncClient:
        if self._client is None:
            raise ServiceFailed("the engine is not loaded")
        return self._client


def _is_over(failed: ServiceFailed) -> bool:
    """Whether nothing can come of the request that was sent."""
    cause = failed.__cause__
    if isinstance(failed, _Kept):
        return False
    return isinstance(cause, _Gone) or not isinstance(cause, Passing)


def _arguments(request: ImageRequest) -> dict[str, Any]:
    return {
        "prompt": styled(request.prompt, request.style),
        "image_size": {"width": request.width, "height": request.height},
        "seed": request.seed,
        "num_inference_steps": request.steps,
        "guidance_scale": request.guidance,
        "loras": [{"path": use.name, "scale": use.weight} for use in request.loras],
        "num_images": 1,
        "output_format": "png",
        "enable_safety_checker": True,
    }


def _wait(handle: Any, tick: Tick) -> None:
    while True:
        status = patiently(lambda: _asked(handle.status), tick, LABEL)
        if isinstance(status, fal_client.Completed):
            return
        note, part = "fal.ai draws", 0.3
        if isinstance(status, fal_client.Queued):
            note, part = f"waiting at fal.ai, {status.position} before it", 0.0
        rested(POLL_S, tick, part, note)


def _cancel(handle: Any) -> None:
    """What is not begun yet costs nothing; its end is looked at with the next try."""
    try:
        handle.cancel()
    except (fal_client.FalClientHTTPError, httpx.HTTPError) as error:
        log.info("fal.ai did not cancel the request: %s", type(error).__name__)


def _fetched(result: Mapping[str, Any], tick: Tick) -> bytes:
    """The picture's bytes; its address gets no key."""
    if not isinstance(result, Mapping):
        raise ServiceFailed("fal.ai answered without a picture")
    flags = result.get("has_nsfw_concepts")
    if any(flags) if isinstance(flags, list) else flags:
        raise ServiceFailed(
            "fal.ai drew it and holds it back as unsafe; it is counted all the same",
            _IN_OTHER_WORDS,
        )
    try:
        url = httpx.URL(result["images"][0]["url"])
    except (KeyError, IndexError, TypeError, httpx.InvalidURL) as error:
        raise ServiceFailed("fal.ai answered without a picture") from error
    if url.scheme != "https":
        raise ServiceFailed("fal.ai named a picture that is not behind https")
    return patiently(lambda: _downloaded(url), tick, LABEL)


def _downloaded(url: httpx.URL) -> bytes:
    content = b""
    try:
        with httpx.stream("GET", url, timeout=TIMEOUT_S) as reply:
            if reply.status_code != httpx.codes.OK:
                said = f"does not give the picture (HTTP {reply.status_code})"
                raise (_Gone if reply.status_code in _GONE else Passing)(said)
            for chunk in reply.iter_bytes():
                content += chunk
                if len(content) > MOST_BYTES:
                    raise ServiceFailed("fal.ai sent a picture that does not end")
    except (httpx.TransportError, httpx.DecodingError) as error:
        raise Passing("broke the picture off") from error
    return content


def _asked(ask: Any, *, pays: bool = False) -> Any:
    """One request; Passing or ServiceFailed when it fails."""
    try:
        return ask()
    except _UNASKED as error:
        raise Passing("cannot be reached") from error
    except httpx.TransportError as error:
        if not pays:
            raise Passing("broke the answer off") from error
        raise ServiceFailed(_LOST, _ANEW) from error
    except fal_client.FalClientHTTPError as error:
        raise _refusal(error, pays=pays) from error
    except (ValueError, KeyError, TypeError) as error:
        if pays:
            raise ServiceFailed(_LOST, _ANEW) from error
        if isinstance(error, json.JSONDecodeError | UnicodeDecodeError):
            raise Passing("answered with something that is no answer") from error
        raise ServiceFailed(
            "fal.ai answered with something that is no answer"
        ) from error


def _refusal(error: fal_client.FalClientHTTPError, *, pays: bool) -> Exception:
    status = error.status_code
    if status in BUSY or (not pays and status in _LATE):
        return busy(status, error.response_headers)
    if status in _LATE:
        return ServiceFailed(_LOST, _ANEW)
    failed = _Kept if not pays and status in _ACCOUNT else ServiceFailed
    said = _said(error.message)
    if "content_policy" in f"{error.error_type} {error.message}":
        return ServiceFailed(f"fal.ai refuses to draw this: {said}", _IN_OTHER_WORDS)
    if status == httpx.codes.UNAUTHORIZED:
        return failed(
            f"fal.ai does not know the key in {VARIABLE}",
            "set it to a key from https://fal.ai/dashboard/keys, then start Moonreel again",
        )
    if status == httpx.codes.FORBIDDEN:
        return failed(
            f"fal.ai refuses the account of {VARIABLE}: {said}",
            "see https://fal.ai/dashboard/billing",
        )
    return ServiceFailed(f"fal.ai refuses (HTTP {status}): {said}")


def _said(detail: Any) -> str:
    """The service's own sentence, of the forms in which it answers."""
    if isinstance(detail, list):
        detail = "; ".join(str(d.get("msg", d)) for d in detail if isinstance(d, dict))
    return (str(detail).splitlines() or [""])[0][:200]
