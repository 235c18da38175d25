"""The child side of a tunnel: ``python -m colab_worker.tunnels.host``.

The order comes as one line on standard input, so that a token is never on a command line
or in an environment; events go to what was standard output. When standard input ends, the
worker is gone, and so is this process with everything that it started.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import threading
import time
from typing import BinaryIO, Protocol

from colab_worker.tunnels.reasons import TunnelGone
from colab_worker.tunnels.wire import Alive, Gone, Order, Step, Up
from shared_protocol.wire import Wire

AGENTS = {
    "ngrok": "colab_worker.tunnels.ngrok",
    "cloudflared": "colab_worker.tunnels.cloudflared",
}


class Tell(Protocol):
    """Says what is being done."""

    def __call__(self, message: str, patience_s: float | None = None) -> None: ...


class Agent(Protocol):
    """A vendor's agent; both methods block and raise TunnelGone."""

    def open(self) -> str:
        """Opens the tunnel; its public address."""

    def trouble(self) -> str | None:
        """Why the tunnel is not well just now, if it is not; TunnelGone when lost."""


def serve(orders: BinaryIO, events: BinaryIO) -> None:
    """Keeps one tunnel until it is lost or the parent goes away."""
    order = Order.model_validate_json(orders.readline())
    threading.Thread(target=_end_with_parent, args=(orders,), daemon=True).start()
    mouth = _Mouth(events, order.authtoken)
    try:
        vendor = importlib.import_module(AGENTS[order.kind])
        agent: Agent = vendor.agent(order, mouth.tell)
        mouth.say(Up(url=agent.open()))
        while True:
            mouth.say(Alive(trouble=agent.trouble()))
            time.sleep(order.check_s)
    except TunnelGone as gone:
        mouth.say(Gone(reason=str(gone), final=gone.final))
    except Exception as error:  # whatever a vendor's library meets: open it anew
        mouth.say(Gone(reason=f"its agent failed: {error!r}", final=False))
    _end_group()


class _Mouth:
    """Writes events; the secret of the order never passes, whoever repeats it."""

    def __init__(self, events: BinaryIO, secret: str | None) -> None:
        self._events, self._secret = events, secret

    def tell(self, message: str, patience_s: float | None = None) -> None:
        self.say(Step(message=message, patience_s=patience_s))

    def say(self, event: Wire) -> None:
        line = event.model_dump_json()
        if self._secret:
            line = line.replace(self._secret, "***")
        self._events.write(line.encode() + b"\n")
        self._events.flush()


def _end_with_parent(orders: BinaryIO) -> None:
    while orders.read(4096):
        pass
    _end_group()


def _end_group() -> None:
    """Ends this process and its agent; none can refuse, none is left behind."""
    os.killpg(0, signal.SIGKILL)


def main() -> None:
    """Takes the pipes, leads a group of its own, and serves."""
    if os.getpgrp() != os.getpid():
        os.setpgid(0, 0)
    events = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # what a library prints must never be taken for an event
    serve(sys.stdin.buffer, events)


if __name__ == "__main__":
    main()
