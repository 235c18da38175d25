"""Who answered? Decides, before any state changes, whether a reply is our worker's.

A tunnel, a captive portal or a wrong server also answers with 200 and 404; such replies
say nothing about a job. Only JSON (or a file) with ``X-Worker-Boot`` is our worker's.
Sources of the codes: ngrok's error reference, Cloudflare's 5xx pages; figures measured.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from orchestrator.errors import Refused, Unreachable
from shared_protocol.kit.redaction import redact
from shared_protocol.routes import NGROK_ERROR, X_WORKER_BOOT

#: ngrok-error-code -> (short word, sentence, seconds to leave it alone).
_NGROK: dict[str, tuple[str, str, float | None]] = {
    "3200": (
        "tunnel_offline",
        "The tunnel is offline: the notebook stopped or got a new address; "
        "start it again and paste the new line.",
        None,
    ),
    "8012": (
        "server_down",
        "The tunnel is up but no worker answers behind it; "
        "run the notebook's worker cell again.",
        None,
    ),
    "3004": (
        "server_down",
        "The worker behind the tunnel broke off its answer; "
        "if this stays, run the notebook's worker cell again.",
        None,
    ),
    "6024": (
        "interstitial",
        "ngrok showed its warning page instead of the worker's answer; "
        "Moonreel asks again.",
        None,
    ),
    "6022": (
        "no_authtoken",
        "ngrok needs an account: put your authtoken into the notebook "
        "(https://dashboard.ngrok.com/get-started/your-authtoken).",
        None,
    ),
    "727": (
        "monthly_quota",
        "ngrok's monthly number of requests is used up; use another tunnel, "
        "such as trycloudflare, or wait for the next month.",
        600.0,
    ),
    "4027": (
        "monthly_quota",
        "ngrok's monthly bandwidth is used up; use another tunnel, "
        "such as trycloudflare, or wait for the next month.",
        600.0,
    ),
    "734": ("rate_limit", "ngrok limits requests per minute; Moonreel waits.", 60.0),
    "702": ("rate_limit", "ngrok limits connections per minute; Moonreel waits.", 60.0),
    "108": (
        "too_many_agents",
        "Too many ngrok agents run on this account; stop the other notebooks.",
        None,
    ),
}
_QUICK_TUNNEL_GONE = (
    "The Cloudflare tunnel is gone; start the notebook's tunnel cell again "
    "and paste the new line."
)
_REFUSED_US = (
    "The worker refuses the token; paste the whole line that the notebook printed, "
    "with everything after the #."
)


OTHER_VERSION = (
    "The worker speaks another version of the protocol; update the notebook or "
    "Moonreel, so that both have the same."
)
_NGROK_IN_PAGE = re.compile(rb"ERR_NGROK_\d{2,5}")
PAGE_BYTES = 1 << 16
#: Names that last as long as one run of cloudflared.
QUICK_TUNNELS = ".trycloudflare.com"


@dataclass(frozen=True)
class Answer:
    """A reply of our worker: its JSON, and which run of it spoke."""

    status: int
    boot_id: str
    body: dict[str, Any]


def read_answer(status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    """The reply as our worker's; ``headers`` must compare names without case.

    Raises Unreachable when somebody else spoke, Refused when our worker said no.
    """
    check_speaker(status, headers, body)
    content = _json(body)
    if content is None:
        raise Unreachable(
            "The worker's answer could not be read; Moonreel asks again.", "broken_json"
        )
    answer = Answer(status, headers[X_WORKER_BOOT], content)
    if status >= 400:
        raise _refusal(answer, headers)
    return answer


def read_pairing(status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    """The reply to a proof: whatever is no answer is about the connection, not a job."""
    try:
        return read_answer(status, headers, body)
    except Refused as refused:
        if refused.status in (404, 405):
            raise Unreachable(OTHER_VERSION, "protocol") from refused
        raise Unreachable(
            f"The worker says: {refused}",
            "refused",
            retry_after_s=refused.retry_after_s,
        ) from refused


def no_answer(url: str, error: Exception) -> Unreachable:
    """Why nothing came back at all."""
    host = urlsplit(url).hostname or url
    if not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return Unreachable(f"The connection to {host} broke off.", "broken_off")
    text = str(error).lower()
    if not ("name" in text or "resolve" in text or "nodename" in text):
        return Unreachable(
            f"Nothing answers at {host}; the worker may have stopped.", "no_connection"
        )
    if host.endswith(QUICK_TUNNELS):
        return Unreachable(_QUICK_TUNNEL_GONE, "tunnel_offline")
    return Unreachable(
        f"The name {host} does not exist (any more); the notebook may have a new "
        "address.",
        "no_such_name",
    )


def check_speaker(status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Raises Unreachable unless our worker spoke (whatever it said)."""
    ngrok = headers.get(NGROK_ERROR, "")
    if X_WORKER_BOOT not in headers:
        ngrok = ngrok or _code_in_page(body)
    if ngrok:
        raise _from_ngrok(ngrok)
    if X_WORKER_BOOT not in headers:
        raise _stranger(status, headers, body)
    if status == 401:
        raise Unreachable(_REFUSED_US, "unauthorized", retry_after_s=30.0)


def _from_ngrok(header: str) -> Unreachable:
    code = header.rpartition("_")[2]
    reason, sentence, pause_s = _NGROK.get(
        code, ("tunnel_error", f"The tunnel answered {header[:40]}.", None)
    )
    return Unreachable(sentence, reason, retry_after_s=pause_s)


def _code_in_page(body: bytes) -> str:
    """ngrok's code in the text of its page, should something have taken the header."""
    found = _NGROK_IN_PAGE.search(body[:PAGE_BYTES])
    return found[0].decode() if found else ""


def _stranger(status: int, headers: Mapping[str, str], body: bytes) -> Unreachable:
    """Why a reply without the worker's mark is not an answer."""
    html = "html" in headers.get("Content-Type", "") or body.lstrip()[:1] == b"<"
    if status == 530 or b"error code: 1033" in body[:2000]:
        return Unreachable(_QUICK_TUNNEL_GONE, "tunnel_offline")
    if status == 524 or (status == 200 and not body):
        return Unreachable(
            "The tunnel cut an answer that took too long; Moonreel asks again.",
            "held_too_long",
        )
    if status == 429:
        return Unreachable(
            "The tunnel limits requests in flight; Moonreel waits.",
            "rate_limit",
            retry_after_s=_seconds(headers) or 10.0,
        )
    if status in (502, 503, 504):
        return Unreachable(
            f"The tunnel is up but the worker did not answer (HTTP {status}); "
            "it may be starting.",
            "server_down",
        )
    what = "a web page" if html else f"HTTP {status}"
    return Unreachable(
        f"Something that is not a Moonreel worker answered with {what}; "
        "check the address, and whether a login page or proxy is in between.",
        "not_a_worker",
    )


def _refusal(answer: Answer, headers: Mapping[str, str]) -> Refused:
    body = answer.body
    nested = body.get("error")
    param = nested.get("param") if isinstance(nested, dict) else None
    message = body.get("message") or body.get("detail") or f"HTTP {answer.status}"
    return Refused(
        redact(str(message)[:2000]),
        status=answer.status,
        code=str(body.get("code") or "internal"),
        param=str(param) if param else None,
        hint=str(body["hint"]) if body.get("hint") else None,
        retry_after_s=_seconds(headers),
    )


def _json(body: bytes) -> dict[str, Any] | None:
    try:
        content = json.loads(body)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


def _seconds(headers: Mapping[str, str]) -> float | None:
    text = headers.get("Retry-After", "")
    return min(float(text), 3600.0) if text.isdecimal() else None
