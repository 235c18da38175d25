"""What each tunnel has cost this month, and how much of its vendor's allowance is left.

Counted are our own requests with the bytes of their replies, and, whenever a worker tells
its own count, what others (a page that watches it) have used beside us.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from orchestrator.settings import Settings
from orchestrator.store.traffic import TrafficStore
from shared_protocol.clock import rfc3339
from shared_protocol.holds import Pace
from shared_protocol.studio import TunnelQuota

#: Share of an allowance from which on it is spared, and people are told.
WARN_SHARE = 0.8
SAVE_S = 5.0
#: Bytes of a request and reply that are no body.
HEAD_BYTES = 700
_NGROK = tuple(
    f".ngrok{kind}.{end}"
    for kind in ("", "-free")
    for end in ("app", "dev", "io", "pizza")
)


@dataclass(frozen=True)
class Spent:
    """What went through one tunnel in one month."""

    requests: int = 0
    bytes: int = 0

    def plus(self, requests: int, size: int) -> Spent:
        """The sum."""
        return Spent(self.requests + requests, self.bytes + size)

    def minus(self, other: Spent) -> Spent:
        """What came since ``other``; nothing is less than nothing."""
        return Spent(
            max(0, self.requests - other.requests), max(0, self.bytes - other.bytes)
        )


@dataclass(frozen=True)
class _Mark:
    """What a run of a worker had counted, and what we had, at the same moment."""

    boot_id: str
    told: Spent
    own: Spent


class Ledger:
    """Counts by host and month, kept in the database."""

    def __init__(
        self,
        settings: Settings,
        store: TrafficStore,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._spent: dict[tuple[str, str], Spent] = {}
        self._unsaved: set[tuple[str, str]] = set()
        self._own: dict[str, Spent] = {}
        #: Who fetches, and has waited for that yes.
        self.on_allowed: Callable[[str], None] | None = None
        self._allowed: set[str] = set()
        self._waiting: set[str] = set()
        self._marks: dict[str, _Mark] = {}

    async def open(self) -> None:
        """Reads what is kept."""
        self._spent = {
            (host, month): Spent(requests, size)
            for host, month, requests, size in await self._store.all()
        }
        self._allowed = await self._store.allowed()

    async def run(self) -> None:
        """Keeps what is counted, for ever."""
        while True:
            await asyncio.sleep(SAVE_S)
            await self.save()

    async def save(self) -> None:
        """Writes what has changed."""
        for host, month in list(self._unsaved):
            spent = self._spent[host, month]
            await self._store.put(host, month, spent.requests, spent.bytes)
            if self._spent[host, month] == spent:  # else more was counted meanwhile
                self._unsaved.discard((host, month))

    def count(self, url: str, requests: int, size: int) -> None:
        """Requests of ours, and bytes of replies."""
        host, more = _host(url), Spent(requests, size + requests * HEAD_BYTES)
        self._add(host, more)
        own = self._own.get(host, Spent())
        self._own[host] = own.plus(more.requests, more.bytes)

    def told(self, url: str, boot_id: str, requests: int, bytes_out: int) -> None:
        """A worker's own count for ``url``: what is not ours was somebody else's."""
        host = _host(url)
        told, own = Spent(requests, bytes_out), self._own.get(host, Spent())
        mark = self._marks.get(host)
        if mark is not None and mark.boot_id == boot_id:
            self._add(host, told.minus(mark.told).minus(own.minus(mark.own)))
        self._marks[host] = _Mark(boot_id, told, own)

    def pace(self, url: str) -> Pace | None:
        """How often to ask there; None where nobody counts.

        Once little is left, every reply is held for as long as it can be.
        """
        if self._limits(_host(url)) == Spent():
            return None
        pace = self._settings.pace
        if self.is_low(url):
            return pace.model_copy(update={"first_s": pace.hold_s})
        return pace

    def is_low(self, url: str) -> bool:
        """Whether little of this month's allowance is left."""
        return self._share(_host(url)) >= WARN_SHARE

    def left_bytes(self, url: str) -> int | None:
        """What may still come through this month; None where nobody counts."""
        host = _host(url)
        limit = self._limits(host).bytes
        return max(0, limit - self._now(host).bytes) if limit else None

    async def allow(self, job_id: str) -> None:
        """Somebody said yes: this film may cost more than what is left."""
        await self._store.allow(job_id)
        self._allowed.add(job_id)
        self._waiting.discard(job_id)
        if self.on_allowed is not None:
            self.on_allowed(job_id)

    def wait(self, job_id: str, *, waits: bool) -> None:
        """Whether this film is one that waits for that yes."""
        (self._waiting.add if waits else self._waiting.discard)(job_id)

    def waits(self, job_id: str) -> bool:
        """Whether this film's files are more than what is left."""
        return job_id in self._waiting

    def may_exceed(self, job_id: str) -> bool:
        """Whether somebody said so."""
        return job_id in self._allowed

    def warning(self, url: str) -> str | None:
        """The sentence for people, once little is left."""
        host = _host(url)
        share = self._share(host)
        if share < WARN_SHARE:
            return None
        return (
            f"{share:.0%} of this month's allowance of {host} is used; another tunnel, "
            "such as cloudflared, has its own."
        )

    def view(self) -> tuple[TunnelQuota, ...]:
        """This month, by host."""
        month = self._month()
        return tuple(
            TunnelQuota(
                host=host,
                month=when,
                requests=spent.requests,
                bytes=spent.bytes,
                requests_limit=self._limits(host).requests or None,
                bytes_limit=self._limits(host).bytes or None,
                used=round(self._share(host), 4),
                warning=self.warning(f"https://{host}"),
            )
            for (host, when), spent in sorted(self._spent.items())
            if when == month
        )

    def _add(self, host: str, more: Spent) -> None:
        if more == Spent():
            return
        key = host, self._month()
        self._spent[key] = self._now(host).plus(more.requests, more.bytes)
        self._unsaved.add(key)

    def _now(self, host: str) -> Spent:
        return self._spent.get((host, self._month()), Spent())

    def _month(self) -> str:
        return rfc3339(self._clock())[:7]

    def _share(self, host: str) -> float:
        """The larger share of both allowances; 0 where there is none."""
        limits, now = self._limits(host), self._now(host)
        shares = [
            used / limit
            for used, limit in (
                (now.requests, limits.requests),
                (now.bytes, limits.bytes),
            )
            if limit
        ]
        return max(shares, default=0.0)

    def _limits(self, host: str) -> Spent:
        """The allowance of a month; 0 means that there is none."""
        name = host.partition(":")[0]
        metered = name.endswith(_NGROK) or host in self._settings.metered_hosts
        if not metered:
            return Spent()
        return Spent(self._settings.tunnel_requests, self._settings.tunnel_bytes)


def _host(url: str) -> str:
    return urlsplit(url).netloc
