"""Which workers there are, how they were when last heard, and which one is used now."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Literal

from orchestrator.bell import Bell
from orchestrator.errors import ASLEEP, Unreachable, WorkerError
from orchestrator.local_worker import LocalWorker
from orchestrator.other_ways import other_ways
from orchestrator.quota import Ledger
from orchestrator.settings import Settings
from orchestrator.store.workers import WorkerStore
from orchestrator.url_intake import WorkerAddress
from orchestrator.worker_client import WorkerClient
from shared_protocol.clock import rfc3339
from shared_protocol.fallback import SERVICES, Fallback
from shared_protocol.films import WorkerLink
from shared_protocol.routes import PROTOCOL_VERSION
from shared_protocol.workers import EngineInfo, Health

log = logging.getLogger(__name__)

Kind = Literal["local", "remote"]

#: A worker that was heard this recently is not asked again before it gets a job.
FRESH_S = 20.0


class Slot:
    """A place for one worker; which machine is in it may change, jobs stay."""

    def __init__(self, kind: Kind, bell: Bell, ledger: Ledger | None = None) -> None:
        self._ledger = ledger
        self.kind = kind
        self.client: WorkerClient | None = None
        self.reachable = False
        self.health: Health | None = None
        #: Why it is not reachable, as a sentence.
        self.trouble: str | None = None
        #: Whether it is not reachable because nobody stands behind its tunnel.
        self.asleep = False
        self._next_try: float | None = None
        self._seen: float | None = None
        self._bell = bell

    @property
    def url(self) -> str | None:
        """The address, or None when nothing is in the slot."""
        return self.client.address.url if self.client else None

    async def put(self, client: WorkerClient | None) -> None:
        """Puts another worker, or none, into the slot."""
        old, self.client = self.client, client
        self.reachable, self.health = False, None
        self._calm()
        self._bell.ring()
        if old is not None:
            await old.close()

    def heard(self) -> None:
        """The worker has just answered."""
        self._seen = time.time()
        if not self.reachable:
            self.reachable = True
            self._bell.ring()
        self._calm()

    def lost(self, trouble: WorkerError) -> None:
        """The worker did not answer."""
        if self.reachable:
            log.warning("The %s worker cannot be reached: %s", self.kind, trouble)
        self.reachable, self.trouble = False, str(trouble)
        self.asleep = isinstance(trouble, Unreachable) and trouble.reason in ASLEEP

    def tries_again(self, pause_s: float) -> None:
        """Somebody who needs it asks again then; the soonest of them is told."""
        now, planned = time.monotonic(), self._next_try
        if planned is None or planned < now or now + pause_s < planned:
            self._next_try = now + pause_s

    def _calm(self) -> None:
        self.trouble, self.asleep, self._next_try = None, False, None

    def fresh(self) -> bool:
        """Whether it answered a moment ago."""
        return self.reachable and time.time() - (self._seen or 0) < FRESH_S

    async def probe(self) -> Health:
        """Asks for its health; raises Unreachable."""
        if self.client is None:
            raise Unreachable("No worker is connected.", "none")
        client = self.client
        try:
            health = await client.health()
            _check(health)
        except Unreachable as trouble:
            if client is self.client:
                self.lost(trouble)
            raise
        if client is self.client:
            self.health = health
            self.heard()
            self._note_traffic(client, health)
        return health

    def _note_traffic(self, client: WorkerClient, health: Health) -> None:
        for tunnel in health.tunnels or ():
            if self._ledger and tunnel.url == client.address.url and health.boot_id:
                counts = (tunnel.requests, tunnel.bytes_out)
                self._ledger.told(tunnel.url, health.boot_id, *counts)

    def link(self, reason: str | None = None) -> WorkerLink | None:
        """The worker as clients see it."""
        if self.client is None:
            return None
        return WorkerLink(
            kind=self.kind,
            url=self.client.address.url,
            boot_id=self.client.boot_id,
            reachable=self.reachable,
            last_seen_at=rfc3339(self._seen) if self._seen else None,
            reason=reason,
            trouble=self.trouble,
            asleep=self.asleep,
            next_try_s=self._next_try_s(),
        )

    def _next_try_s(self) -> float | None:
        if self._next_try is None or self.reachable:
            return None
        return round(max(0.0, self._next_try - time.monotonic()), 1)


@dataclass(frozen=True)
class Choice:
    """The worker for a film, and why it is this one."""

    slot: Slot
    client: WorkerClient
    reason: str


class Workers:
    """The local and the remote slot, and the choice between them."""

    def __init__(
        self, settings: Settings, store: WorkerStore, bell: Bell, ledger: Ledger
    ) -> None:
        self._settings = settings
        self._ledger = ledger
        self._store = store
        self.local = Slot("local", bell)
        self.remote = Slot("remote", bell, ledger)
        self._process = LocalWorker(settings, self._local_is)

    @property
    def slots(self) -> tuple[Slot, Slot]:
        """Both slots, the preferred one first."""
        return self.remote, self.local

    async def connect(self, address: WorkerAddress | None) -> None:
        """Makes ``address`` the remote worker (None: there is none); asks nobody."""
        if address is not None and address.token is None:
            token = await self._store.token_of(address.url)
            address = WorkerAddress(address.url, token)
        current = self.remote.client.address if self.remote.client else None
        if address == current:
            return
        await self._store.use(address)
        meter = partial(self._ledger.count, address.url) if address else None
        await self.remote.put(self._client(address, meter) if address else None)

    async def go_another_way(self, lost: WorkerClient) -> bool:
        """Connects another address of the run of the worker that ``lost`` led to."""
        for address in other_ways(lost.address, self.remote.health):
            client = self._client(address)
            try:
                found = await client.health()
            except WorkerError:
                continue
            finally:
                await client.close()
            if self.remote.client is lost and found.boot_id == lost.boot_id:
                log.info("The worker is asked at %s from now on.", address.url)
                await self.connect(address)
                return True
        return False

    async def choose(self, image: str = "auto") -> Choice:
        """The worker for a film with that image engine; Unreachable says why there is none."""
        mode, order = self._settings.worker, self._settings.fallback
        if mode == "local":
            return await self._choose_local("Only this machine is to be used.")
        reason = None if mode == "remote" else await self._why_local(image)
        if reason is not None:
            return await self._choose_local(reason)
        try:
            return await self._choose_remote()
        except Unreachable as trouble:
            if mode == "remote" or order == ("remote",):
                raise
            if self.remote.client is None:
                reason = "No remote worker is connected, so this machine renders."
            else:
                reason = f"This machine renders, because the remote worker is away: {trouble}"
            return await self._choose_local(reason)

    async def stop(self) -> None:
        """Stops the local process and closes all connections."""
        await self._process.stop()
        for slot in self.slots:
            await slot.put(None)

    async def wake_local(self) -> None:
        """Starts the local worker if it is not running; raises Unreachable."""
        await self._process.ensure_started()

    def slot(self, kind: str | None) -> Slot | None:
        """The slot of that kind, or None."""
        return next((slot for slot in self.slots if slot.kind == kind), None)

    @asynccontextmanager
    async def visit(self, url: str) -> AsyncIterator[WorkerClient]:
        """A client of the worker at ``url``, whether or not it is still in use."""
        for slot in self.slots:
            if slot.client is not None and slot.url == url:
                yield slot.client
                return
        token = await self._store.token_of(url)
        client = self._client(WorkerAddress(url, token))
        try:
            yield client
        finally:
            await client.close()

    async def _why_local(self, image: str) -> str | None:
        """Why this machine comes before a connected worker; None when it does not."""
        order = self._settings.fallback
        if image in SERVICES:
            return f"This machine asks {image}, so that its key stays here."
        if "remote" not in order:
            return "The order of fallbacks names no remote worker."
        better = order[: order.index("remote")]
        if not better or self.remote.client is None:
            return None
        try:
            await self._process.ensure_started()
            engines = (await self.local.probe()).engines or ()
        except Unreachable as trouble:
            log.warning("A film goes to the remote worker: %s", trouble)
            return None
        able = {_word(engine) for engine in engines if _would_draw(engine, image)}
        found = next((word for word in better if word in able), None)
        return found and f"The order of fallbacks puts {found} before a remote worker."

    async def _choose_remote(self) -> Choice:
        client = self.remote.client
        if client is None:
            raise Unreachable(
                "No worker is connected; start the notebook and paste its address.",
                "none",
            )
        if not self.remote.fresh():
            await self.remote.probe()
        return Choice(self.remote, client, "A remote worker is connected.")

    async def _choose_local(self, reason: str) -> Choice:
        await self._process.ensure_started()
        if self.local.client is None:
            raise Unreachable("The local worker stopped at once.", "local_worker")
        return Choice(self.local, self.local.client, reason)

    async def _local_is(self, address: WorkerAddress | None, boot_id: str) -> None:
        """The local process came up (or, with None, went down)."""
        client = self._client(address) if address else None
        if client is not None:
            client.boot_id = boot_id
        await self.local.put(client)
        if client is not None:
            self.local.heard()

    def _client(
        self, address: WorkerAddress, meter: Callable[[int, int], None] | None = None
    ) -> WorkerClient:
        return WorkerClient(
            address,
            connect_timeout_s=self._settings.connect_timeout_s,
            answer_timeout_s=self._settings.answer_timeout_s,
            origins=self._settings.page_origins,
            private_hosts=frozenset(self._settings.private_hosts),
            meter=meter,
        )


def _would_draw(engine: EngineInfo, image: str) -> bool:
    if engine.kind != "image":
        return False
    if image == "auto":
        return engine.automatic or engine.draft
    return engine.name == image and engine.unavailable is None


def _word(engine: EngineInfo) -> Fallback:
    if engine.service is not None:
        return "hosted"
    return "draft" if engine.draft else "local"


def _check(health: Health) -> None:
    if health.protocol != PROTOCOL_VERSION:
        is_older = health.protocol < PROTOCOL_VERSION
        older = "the worker, by its notebook" if is_older else "Moonreel here"
        raise Unreachable(
            f"The worker speaks protocol {health.protocol}, Moonreel here speaks "
            f"{PROTOCOL_VERSION}; update {older}.",
            "protocol",
        )
    if health.boot_id is None:
        raise Unreachable(
            "A worker answers, but it wants a token; paste the whole line that the "
            "notebook printed, with everything after the #.",
            "unauthorized",
        )
