"""The worker's side of a tunnel: starts its host, hears it, and starts it again."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from colab_worker.tunnels.wire import EVENT, Alive, Gone, Order, Step, Up
from shared_protocol.clock import utc_now
from shared_protocol.wire import Wire
from shared_protocol.workers import TunnelState, TunnelView

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pace:
    """How patient the keeper is."""

    #: Silence of a host after which it counts as frozen.
    patience_s: float = 45.0
    #: Before the second try; doubles with each, up to the longest.
    first_retry_s: float = 1.0
    longest_retry_s: float = 60.0
    #: A tunnel that lived this long was healthy: its next start is quick again.
    healthy_s: float = 60.0


@dataclass
class Traffic:
    """What came through a tunnel since the worker started."""

    requests: int = 0
    bytes_out: int = 0
    used_at: str | None = None


class Keeper:
    """Keeps one tunnel; ``changed`` is called at every change of its view."""

    def __init__(
        self, order: Order, changed: Callable[[TunnelView], None], pace: Pace
    ) -> None:
        self._order = order
        self._changed = changed
        self._pace = pace
        self.view = TunnelView(name=order.kind, state=TunnelState.OPENING)
        self.traffic = Traffic()

    async def run(self) -> None:
        """Until it is cancelled, or until trying again cannot help."""
        loop, pause_s = asyncio.get_running_loop(), self._pace.first_retry_s
        while True:
            began = loop.time()
            gone = await self._live_once()
            if gone.final:
                self._show(TunnelState.REFUSED, trouble=gone.reason)
                log.error("Tunnel %s is given up: %s.", self._order.kind, gone.reason)
                return
            if loop.time() - began > self._pace.healthy_s:
                pause_s = self._pace.first_retry_s
            self._show(TunnelState.DOWN, trouble=gone.reason)
            log.warning(
                "Tunnel %s is down: %s; it is opened again in %.0f s.",
                *(self._order.kind, gone.reason, pause_s),
            )
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, self._pace.longest_retry_s)
            self._show(TunnelState.OPENING, restarts=self.view.restarts + 1)

    async def _live_once(self) -> Gone:
        """One life of the host: from its start to its end, and why it ended."""
        patience_s = self._pace.patience_s
        async with self._host() as host:
            while True:
                event = await _event(host, patience_s)
                patience_s = self._pace.patience_s
                if isinstance(event, Gone):
                    return event
                if isinstance(event, Up):
                    self._show(TunnelState.UP, url=event.url)
                    log.info("Tunnel %s leads here from %s.", self.view.name, event.url)
                elif isinstance(event, Alive):
                    self._note(event.trouble)
                elif isinstance(event, Step):
                    patience_s = event.patience_s or patience_s
                    log.info("Tunnel %s: %s", self._order.kind, event.message)

    @contextlib.asynccontextmanager
    async def _host(self) -> AsyncIterator[asyncio.subprocess.Process]:
        host = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "colab_worker.tunnels.host"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,  # an agent may print the token there
            env=_without_secrets(os.environ),
            start_new_session=True,  # an interrupted notebook cell is not for it
        )
        try:
            assert host.stdin is not None  # noqa: S101 - it was asked for
            host.stdin.write(self._order.model_dump_json().encode() + b"\n")
            yield host
        finally:
            await _end(host)

    def _note(self, trouble: str | None) -> None:
        if trouble != self.view.trouble:
            self._show(TunnelState.UP, url=self.view.url, trouble=trouble)
            if trouble:
                log.warning("Tunnel %s: %s.", self._order.kind, trouble)

    def _show(
        self,
        state: TunnelState,
        *,
        url: str | None = None,
        trouble: str | None = None,
        restarts: int | None = None,
    ) -> None:
        self.view = TunnelView(
            name=self._order.kind,
            state=state,
            url=url,
            trouble=trouble,
            restarts=self.view.restarts if restarts is None else restarts,
            since=utc_now(),
        )
        self._changed(self.view)


async def _event(host: asyncio.subprocess.Process, patience_s: float) -> Wire:
    """The host's next word; its silence, death or nonsense is a Gone too."""
    assert host.stdout is not None  # noqa: S101 - it was asked for
    try:
        async with asyncio.timeout(patience_s):
            line = await host.stdout.readline()
    except TimeoutError:
        return Gone(reason=f"its agent gave no sign of life for {patience_s:g} s")
    if not line:
        return Gone(reason=f"its agent's host ended ({_status(await host.wait())})")
    try:
        return EVENT.validate_json(line)
    except ValidationError:
        return Gone(reason="its agent's host said something that is no event")


def _without_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """What a vendor's agent may see: nobody's token or key."""
    secret = ("TOKEN", "KEY", "SECRET", "PASSWORD")
    return {n: value for n, value in environ.items() if not n.endswith(secret)}


def _status(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit {code}"


async def _end(host: asyncio.subprocess.Process) -> None:
    """Kills the host and the agent, which are one group; nothing is left behind."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(host.pid, signal.SIGKILL)
    await host.wait()
