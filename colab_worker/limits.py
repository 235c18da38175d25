"""How much one caller may ask for; only callers from outside this machine are limited.

Tunnels speak from loopback, but name the caller in a header. What runs on this machine
has no such header, and can do worse than ask often.
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
import ipaddress
import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from shared_protocol.errors import Code
from shared_protocol.kit.http_errors import ApiError

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.strategies import FixedWindowRateLimiter

MIB = 1 << 20
#: Wrong tokens in a minute, of one address and of all together.
FAILURES, ALL_FAILURES = 20, 120


@dataclass(frozen=True)
class Limits:
    """What may be asked in a minute, and uploaded in an hour."""

    requests: int = 1200
    submits: int = 120
    upload_mib: int = 8192


@dataclass(frozen=True)
class Caller:
    """Who asks: the address that the tunnel saw, and the token; neither: this machine."""

    address: str | None
    token_id: str


NEARBY = Caller(None, "")


def caller_of(request: web.Request, token: str) -> Caller:
    """The caller of a request; the token only as a digest."""
    address = _outside(request)
    if address is None:
        return NEARBY
    digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
    return Caller(address, digest[:16])


class Limiter:
    """Counts callers in moving minutes; raises ApiError 429 with the time to wait."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._counts: FixedWindowRateLimiter | None = None

    async def asked(self, caller: Caller, *, submits: bool = False) -> None:
        """One more request."""
        if caller.address is None:
            return
        who = (caller.address, caller.token_id)
        await self._spend(self._limits.requests, "minute", ("asks", *who))
        if submits:
            await self._spend(self._limits.submits, "minute", ("submits", *who))

    async def failed(self, caller: Caller) -> None:
        """One more wrong token."""
        if caller.address is None:
            return
        await self._spend(FAILURES, "minute", ("fails", caller.address))
        await self._spend(ALL_FAILURES, "minute", ("fails", "anybody"))

    async def uploads(self, caller: Caller, mib: int) -> None:
        """So many more MiB, begun ones counted whole."""
        if caller.address is None:
            return
        who = ("uploads", caller.token_id)
        await self._spend(self._limits.upload_mib, "hour", who, mib)

    async def _spend(
        self, most: int, span: str, who: tuple[str, ...], cost: int = 1
    ) -> None:
        if self._counts is None:  # the library takes a while to load
            self._counts = await asyncio.to_thread(_make_counts)
        item = _item(most, span)
        if self._counts.hit(item, *who, cost=cost):
            return
        reset = self._counts.get_window_stats(item, *who).reset_time
        wait_s = max(1, math.ceil(reset - time.time()))
        raise ApiError(
            Code.RATE_LIMITED,
            f"Too much was asked of this worker within one {span}; it answers again in "
            f"{wait_s} s.",
            headers={"Retry-After": str(wait_s)},
        )


def _make_counts() -> FixedWindowRateLimiter:
    from limits.storage import MemoryStorage
    from limits.strategies import FixedWindowRateLimiter

    return FixedWindowRateLimiter(MemoryStorage())


def _item(most: int, span: str) -> RateLimitItem:
    from limits import RateLimitItemPerHour, RateLimitItemPerMinute

    return (RateLimitItemPerHour if span == "hour" else RateLimitItemPerMinute)(most)


def _outside(request: web.Request) -> str | None:
    # The last is the one that the tunnel itself has seen; the caller wrote the others.
    forwarded = request.headers.getall("X-Forwarded-For", None)
    address = ",".join(forwarded).rpartition(",")[2].strip() if forwarded else ""
    if address:
        return address[:64]
    remote = request.remote
    return None if remote is None or _is_loopback(remote) else remote


@functools.lru_cache(maxsize=256)
def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
