"""Who answered: our worker, or something in between."""

from __future__ import annotations

import json

import httpx
import pytest

from orchestrator.errors import Refused, Unreachable
from orchestrator.worker_answers import no_answer, read_answer, read_pairing

BOOT = {"X-Worker-Boot": "boot-1"}
NO_NAME = "[Errno -2] Name or service not known"
HTML = b"<html><body>hello</body></html>"


def headers(**more: str) -> httpx.Headers:
    """Headers that compare without case, as a client's do."""
    return httpx.Headers({name.replace("_", "-"): text for name, text in more.items()})


def test_our_workers_json_is_an_answer() -> None:
    """JSON with the worker's mark is trusted, and tells which run of it spoke."""
    answer = read_answer(200, httpx.Headers(BOOT), b'{"ok": true}')

    assert (answer.boot_id, answer.body) == ("boot-1", {"ok": True})


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (404, "ERR_NGROK_3200", "tunnel_offline"),
        (502, "ERR_NGROK_8012", "server_down"),
        (502, "ERR_NGROK_3004", "server_down"),
        (200, "ERR_NGROK_6024", "interstitial"),
        (200, "ERR_NGROK_6022", "no_authtoken"),
        (403, "ERR_NGROK_727", "monthly_quota"),
        (403, "ERR_NGROK_4027", "monthly_quota"),
        (429, "ERR_NGROK_734", "rate_limit"),
        (429, "ERR_NGROK_702", "rate_limit"),
        (400, "ERR_NGROK_108", "too_many_agents"),
        (500, "ERR_NGROK_9999", "tunnel_error"),
    ],
)
def test_ngroks_own_replies(status: int, code: str, reason: str) -> None:
    """The tunnel's code decides, whatever status and body come with it."""
    with pytest.raises(Unreachable) as caught:
        read_answer(status, headers(ngrok_error_code=code), HTML)

    assert caught.value.reason == reason
    assert str(caught.value).endswith((".", ").")) or reason == "no_authtoken"


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (530, b"error code: 1033", "tunnel_offline"),
        (524, HTML, "held_too_long"),
        (200, b"", "held_too_long"),
        (429, b"", "rate_limit"),
        (502, HTML, "server_down"),
        (503, b"", "server_down"),
        (504, b"", "server_down"),
        (200, HTML, "not_a_worker"),
        (404, b'{"detail":"Not Found"}', "not_a_worker"),
        (302, b"", "not_a_worker"),
        (200, b'{"ok": true}', "not_a_worker"),
        (401, b'{"code":"unauthorized"}', "not_a_worker"),
    ],
)
def test_strangers_say_nothing_about_a_job(
    status: int, body: bytes, reason: str
) -> None:
    """Without the worker's mark no reply is an answer, not even JSON or a 404."""
    with pytest.raises(Unreachable) as caught:
        read_answer(status, headers(), body)

    assert caught.value.reason == reason


def test_a_quota_is_left_alone_for_a_while() -> None:
    """Limits of the tunnel carry how long to wait."""
    for code, pause_s in (("734", 60.0), ("727", 600.0)):
        with pytest.raises(Unreachable) as caught:
            read_answer(429, headers(ngrok_error_code=f"ERR_NGROK_{code}"), b"")
        assert caught.value.retry_after_s == pause_s
    with pytest.raises(Unreachable) as caught:
        read_answer(429, headers(retry_after="7"), b"")
    assert caught.value.retry_after_s == 7.0


def test_our_worker_may_refuse() -> None:
    """A problem of our worker keeps its sentence, code, field and patience."""
    body = {
        "code": "queue_full",
        "message": "Full.",
        "error": {"param": "spec"},
        "hint": "Wait.",
    }
    with pytest.raises(Refused) as caught:
        read_answer(
            429, headers(x_worker_boot="b", retry_after="30"), json.dumps(body).encode()
        )

    refused = caught.value
    assert (str(refused), refused.code, refused.param) == (
        "Full.",
        "queue_full",
        "spec",
    )
    assert (refused.hint, refused.retry_after_s) == ("Wait.", 30.0)


@pytest.mark.parametrize("body", [b"{", b"[1]", b"\xff", b"null"])
def test_half_an_answer_is_none(body: bytes) -> None:
    """What is no JSON object is asked for again."""
    with pytest.raises(Unreachable) as caught:
        read_answer(200, httpx.Headers(BOOT), body)

    assert caught.value.reason == "broken_json"


def test_ngroks_page_is_known_by_its_text() -> None:
    """Should something have taken the header away; never in a reply of our worker."""
    page = b"<html><noscript>ERR_NGROK_6024</noscript></html>"
    with pytest.raises(Unreachable) as caught:
        read_answer(200, headers(), page)
    assert caught.value.reason == "interstitial"

    told = read_answer(200, httpx.Headers(BOOT), b'{"message": "ERR_NGROK_6024"}')
    assert told.body == {"message": "ERR_NGROK_6024"}


@pytest.mark.parametrize(
    ("host", "error", "reason"),
    [
        ("a-b.trycloudflare.com", httpx.ConnectError(NO_NAME), "tunnel_offline"),
        ("gpu.example.org", httpx.ConnectError(NO_NAME), "no_such_name"),
        ("gpu.example.org", httpx.ConnectError("refused"), "no_connection"),
        ("gpu.example.org", httpx.ReadError(""), "broken_off"),
    ],
)
def test_no_answer_at_all_has_its_sentence(
    host: str, error: Exception, reason: str
) -> None:
    """A quick tunnel's name ends with it; others may only be mistyped."""
    trouble = no_answer(f"https://{host}", error)

    assert trouble.reason == reason
    assert str(trouble).endswith(".")


@pytest.mark.parametrize(
    ("status", "reason"), [(404, "protocol"), (429, "refused"), (401, "unauthorized")]
)
def test_a_refused_proof_never_ends_a_job(status: int, reason: str) -> None:
    """Whatever the worker says to it is about the connection."""
    body = json.dumps({"code": "x", "message": "Too much."}).encode()
    with pytest.raises(Unreachable) as caught:
        read_pairing(status, headers(x_worker_boot="b"), body)

    assert caught.value.reason == reason


def test_a_refused_token_is_about_the_connection() -> None:
    """401 of our worker never fails a film; the sentence says what to paste."""
    with pytest.raises(Unreachable, match="everything after the #") as caught:
        read_answer(401, httpx.Headers(BOOT), b"{}")

    assert caught.value.reason == "unauthorized"
