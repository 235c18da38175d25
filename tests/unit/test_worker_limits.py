"""How much a caller may ask for: outside callers are counted, this machine is not."""

from __future__ import annotations

import pytest
from aiohttp.test_utils import make_mocked_request

from colab_worker.limits import FAILURES, Caller, Limiter, Limits, caller_of
from shared_protocol.kit.http_errors import ApiError

FEW = Limits(requests=5, submits=2, upload_mib=3)
NEAR = Caller(None, "a")
FAR = Caller("203.0.113.7", "a")


async def test_the_sixth_request_is_refused_with_the_time_to_wait() -> None:
    """Another token or address has a count of its own."""
    limiter = Limiter(FEW)
    for _ in range(5):
        await limiter.asked(FAR)
    with pytest.raises(ApiError) as caught:
        await limiter.asked(FAR)

    assert caught.value.status == 429
    assert 1 <= int(caught.value.headers["Retry-After"]) <= 60
    await limiter.asked(Caller(FAR.address, "b"))
    await limiter.asked(Caller("203.0.113.8", "a"))


async def test_submits_and_uploads_have_limits_of_their_own() -> None:
    """Fewer than requests; uploads by their size."""
    limiter = Limiter(FEW)
    for _ in range(2):
        await limiter.asked(FAR, submits=True)
    with pytest.raises(ApiError):
        await limiter.asked(FAR, submits=True)

    await limiter.uploads(FAR, 3)
    with pytest.raises(ApiError, match="hour"):
        await limiter.uploads(FAR, 1)


async def test_wrong_tokens_are_counted_by_address_and_together() -> None:
    """Guessing from one place, or from many, soon gets no answer."""
    limiter = Limiter(FEW)
    for _ in range(FAILURES):
        await limiter.failed(FAR)
    with pytest.raises(ApiError):
        await limiter.failed(FAR)

    with pytest.raises(ApiError):
        for n in range(200):
            await limiter.failed(Caller(f"203.0.113.{n}", ""))


async def test_this_machine_is_not_limited() -> None:
    """Neither in requests, nor uploads, nor mistakes."""
    limiter = Limiter(FEW)
    for _ in range(50):
        await limiter.asked(NEAR, submits=True)
        await limiter.failed(NEAR)
        await limiter.uploads(NEAR, 9)


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        (None, None),
        ("203.0.113.7", "203.0.113.7"),
        ("1.1.1.1, 203.0.113.7", "203.0.113.7"),
    ],
)
def test_the_tunnels_word_tells_who_asks(
    forwarded: str | None, address: str | None
) -> None:
    """The last address is the one that the tunnel saw; a caller can write the others."""
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    request = make_mocked_request("GET", "/", headers=headers)

    caller = caller_of(request, "secret-token")
    assert caller.address == address
    assert "secret" not in caller.token_id
