"""What can go wrong in the orchestrator, as a tree; every message is one sentence.

OrchestratorError
├── SettingsError      a setting cannot be understood
├── HomeInUse          another orchestrator owns the home folder
├── PortInUse          something else listens on the port
├── NotAnAddress       no worker address could be dug out of a text
└── WorkerError        talking to a worker
    ├── Unreachable    nobody who is our worker answered; says nothing about any job
    └── Refused        our worker answered, and said no
"""

from __future__ import annotations

#: Reasons of ``Unreachable`` in which the way to the worker is open, or was closed in
#: order, and nobody stands at its end: the notebook has ended or is just starting.
ASLEEP = frozenset({"tunnel_offline", "server_down"})


class OrchestratorError(Exception):
    """The root; ``str`` of it can be shown to people."""


class SettingsError(OrchestratorError):
    """A setting cannot be understood."""


class HomeInUse(OrchestratorError):
    """Another orchestrator works in the home folder."""


class PortInUse(OrchestratorError):
    """The port is taken."""


class NotAnAddress(OrchestratorError):
    """A pasted text holds no address that can be a worker's."""

    def __init__(self, message: str, tip: str) -> None:
        super().__init__(message)
        self.tip = tip


class WorkerError(OrchestratorError):
    """A request to a worker did not do what was asked.

    ``retry_after_s`` is how long the other side wants to be left alone, if it said so.
    """

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Unreachable(WorkerError):
    """No answer from our worker: the tunnel, the network or another server spoke.

    ``reason`` is a short word for tests and logs.
    """

    def __init__(
        self, message: str, reason: str, *, retry_after_s: float | None = None
    ) -> None:
        super().__init__(message, retry_after_s=retry_after_s)
        self.reason = reason


class Refused(WorkerError):
    """Our worker said no; ``code`` and ``status`` are the worker's own."""

    def __init__(
        self,
        message: str,
        *,
        status: int,
        code: str,
        param: str | None = None,
        hint: str | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message, retry_after_s=retry_after_s)
        self.status = status
        self.code = code
        self.param = param
        self.hint = hint
