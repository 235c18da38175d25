"""The parent side of an engine child: start, call, stop, and reading its death.

Whatever the child does — exit, be killed, freeze, print nonsense — ends as an
``EngineFailure`` with a code, the cause and a hint; the next call starts a fresh child.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Mapping

from pydantic import ValidationError

from colab_worker.engine_wire import (
    EVENT,
    Do,
    Done,
    Failed,
    Glimpse,
    Load,
    Loaded,
    Loading,
    Part,
    Progress,
    Ready,
    Room,
    Stop,
)
from shared_protocol.errors import Code
from shared_protocol.kit.redaction import redact
from shared_protocol.wire import Wire

START_S = 60.0
#: For the running step when the worker stops: nobody needs what is loaded any more.
HURRY_S = 1.0
#: Silence of a child is counted in steps of this length.
STEP_S = 1.0
STDERR_LINES = 20
EVENT_LIMIT_BYTES = 1 << 22

Report = Callable[[float, str], None]
OnGlimpse = Callable[[bytes], None]
OnLoading = Callable[[], None]
#: Hears what is told of one of several units, by its ``number``.
OnOne = Callable[[Progress | Glimpse | Part], None]

_REASONS = {
    "bad_input": Code.BAD_INPUT,
    "stopped": Code.CANCELED,
    "engine_failed": Code.ENGINE_FAILED,
    "disk_full": Code.DISK_FULL,
    "service_failed": Code.SERVICE_FAILED,
}
#: What would fail in the same way again, or be paid for again.
_FINAL = (Code.BAD_INPUT, Code.CANCELED, Code.SERVICE_FAILED)


class EngineFailure(Exception):
    """A unit failed; ``retryable`` tells whether another try may help."""

    def __init__(self, code: Code, message: str, hint: str | None = None) -> None:
        # A service may repeat its key, and a crash shows whatever the process had.
        super().__init__(redact(message))
        self.code = code
        self.hint = hint

    @property
    def retryable(self) -> bool:
        """Whether nobody need decide about another try."""
        return self.code not in _FINAL


class EngineHost:
    """One child process, started when it is first needed."""

    def __init__(
        self,
        *,
        beat_timeout_s: float,
        cancel_grace_s: float,
        secrets: Mapping[str, str] | None = None,
    ) -> None:
        self._beat_timeout_s = beat_timeout_s
        self._cancel_grace_s = cancel_grace_s
        #: Variables of this child alone.
        self._secrets = dict(secrets or {})
        self._process: asyncio.subprocess.Process | None = None
        self._stderr: deque[str] = deque(maxlen=STDERR_LINES)
        self._stderr_task: asyncio.Task[None] | None = None
        self._hurried = False
        #: Of the cancel that waits for the child's step.
        self._giving_up: asyncio.Timeout | None = None
        #: By kind, the engine that the child keeps in memory.
        self.loaded: dict[str, str] = {}
        #: What the child last told of it; None: nothing yet.
        self.room: Room | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        return self._process.pid if self._process else None

    async def call(
        self,
        command: Do | Load,
        report: Report,
        *,
        limit_s: float,
        patience_s: float | None = None,
        on_glimpse: OnGlimpse | None = None,
        on_one: OnOne | None = None,
        on_loading: OnLoading | None = None,
    ) -> Done:
        """Does one unit, or loads an engine for later ones; raises EngineFailure.

        Of several units everything goes to ``on_one``. Cancelling stops the child's work: at its next step within ``patience_s``, else
        by killing it.
        """
        try:
            await self._start()
            async with asyncio.timeout(limit_s):
                await self._send(command)
                return await self._answer(report, on_glimpse, on_one, on_loading)
        except TimeoutError:
            await self._kill()
            raise EngineFailure(
                Code.ENGINE_TIMEOUT,
                f"took longer than the {limit_s:g} s allowed and was stopped",
                "raise --unit-limit-s, or lower the quality",
            ) from None
        except EngineFailure as failure:
            if failure.code not in _REASONS.values():
                await self._kill()
            raise
        except asyncio.CancelledError:
            await self._give_up(patience_s or self._cancel_grace_s)
            raise

    async def warm(self) -> None:
        """Starts the child before it is needed; raises EngineFailure."""
        await self._start()

    def hurry(self) -> None:
        """From now on a cancel, also one under way, is over within ``HURRY_S``.

        What the child keeps in memory may be lost.
        """
        self._hurried = True
        waiting = self._giving_up
        if waiting is not None and not waiting.expired():
            soon = asyncio.get_running_loop().time() + HURRY_S
            waiting.reschedule(min(waiting.when() or soon, soon))

    async def close(self) -> None:
        """Ends the child."""
        await self._kill()

    async def _start(self) -> None:
        if self._process is not None and self._process.returncode is None:
            return
        await self._kill()
        self._process = await self._spawn()
        self._stderr.clear()
        self._stderr_task = asyncio.create_task(self._drain(self._process))
        event = await self._event(START_S)
        if not isinstance(event, Ready):
            raise _nonsense(repr(event))

    async def _spawn(self) -> asyncio.subprocess.Process:
        try:
            return await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "colab_worker.engine_child",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env={**os.environ, **self._secrets},
                limit=EVENT_LIMIT_BYTES,
                start_new_session=True,
            )
        except OSError as error:
            raise EngineFailure(
                Code.ENGINE_EXITED,
                f"its process could not be started: {error.strerror or error}",
                "the machine may be out of memory, processes or open files; close "
                "programs, then retry the job",
            ) from error

    async def _send(self, command: Wire) -> None:
        process = self._running()
        assert process.stdin is not None  # noqa: S101 - it was asked for
        process.stdin.write(command.model_dump_json().encode() + b"\n")
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            await process.stdin.drain()  # a dead child is met when reading

    async def _answer(
        self,
        report: Report,
        on_glimpse: OnGlimpse | None = None,
        on_one: OnOne | None = None,
        on_loading: OnLoading | None = None,
    ) -> Done:
        while True:
            event = await self._event(self._beat_timeout_s)
            if isinstance(event, Progress | Glimpse | Part) and on_one is not None:
                on_one(event)
            elif isinstance(event, Progress):
                report(event.fraction, event.note)
            elif isinstance(event, Glimpse):
                if on_glimpse is not None:
                    on_glimpse(base64.b64decode(event.webp))
            elif isinstance(event, Loading):
                if on_loading is not None:
                    on_loading()
            elif isinstance(event, Loaded):
                self.loaded[event.kind] = event.engine
                self.room = None
            elif isinstance(event, Room):
                self.room = event
            elif isinstance(event, Done):
                return event
            elif isinstance(event, Failed):
                raise EngineFailure(_REASONS[event.reason], event.message, event.hint)

    async def _event(self, patience_s: float) -> Wire:
        process = self._running()
        assert process.stdout is not None  # noqa: S101 - it was asked for
        try:
            line = await _line(process.stdout, patience_s)
        except TimeoutError:
            raise EngineFailure(
                Code.ENGINE_HUNG,
                f"gave no sign of life for {patience_s:g} s and was stopped",
                "the machine may be out of memory",
            ) from None
        except ValueError as error:
            raise _nonsense("a line without an end") from error
        if not line:
            raise await self._death()
        try:
            return EVENT.validate_json(line)
        except ValidationError as error:
            raise _nonsense(repr(line[:80])) from error

    async def _death(self) -> EngineFailure:
        process = self._running()
        status = await process.wait()
        if self._stderr_task is not None:
            await asyncio.wait([self._stderr_task], timeout=1.0)
        last = f"; its last words: {self._stderr[-1]}" if self._stderr else ""
        if status >= 0:
            message = f"its process ended with exit status {status}{last}"
            return EngineFailure(Code.ENGINE_EXITED, message, "see the worker's log")
        name = signal.Signals(-status).name
        hint = None
        if -status == signal.SIGKILL:
            hint = (
                "the system may have run out of memory; close programs or lower quality"
            )
        return EngineFailure(
            Code.ENGINE_KILLED, f"its process was killed by {name}{last}", hint
        )

    async def _give_up(self, patience_s: float) -> None:
        if not await self._stops_by_itself(patience_s):
            await self._kill()

    async def _stops_by_itself(self, patience_s: float) -> bool:
        if self._process is None:
            return True
        if self._hurried:
            patience_s = min(patience_s, HURRY_S)
        try:
            async with asyncio.timeout(patience_s) as self._giving_up:
                await self._send(Stop())
                await self._answer(lambda fraction, note: None)
        except EngineFailure as failure:
            return failure.code in _REASONS.values()
        except TimeoutError:
            return False
        finally:
            self._giving_up = None
        return True  # it finished in that very moment; the result is dropped

    async def _kill(self) -> None:
        process, self._process = self._process, None
        self.loaded.clear()
        self.room = None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        if self._stderr_task is not None:
            await asyncio.wait([self._stderr_task], timeout=1.0)

    async def _drain(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None  # noqa: S101 - it was asked for
        async for line in process.stderr:
            text = line.decode(errors="replace").strip()
            if text:
                self._stderr.append(text[:500])

    def _running(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise EngineFailure(Code.ENGINE_EXITED, "its process is gone")
        return self._process


async def _line(stdout: asyncio.StreamReader, patience_s: float) -> bytes:
    """The next line; TimeoutError after that long a silence.

    Counted in steps: what a step takes beyond its length this process slept as well, as
    on a machine that was suspended, and so did the child.
    """
    left_s = patience_s
    while True:
        step_s = min(left_s, STEP_S)
        try:
            # Not wait_for: before Python 3.12 it can swallow a cancel that comes
            # together with a line.
            async with asyncio.timeout(step_s):
                return await stdout.readline()
        except TimeoutError:
            left_s -= step_s
            if left_s <= 0:
                raise


def _nonsense(what: str) -> EngineFailure:
    return EngineFailure(
        Code.ENGINE_WRONG_OUTPUT,
        f"answered with something that is no event: {what}",
        "the engine is broken; reinstall or choose another one",
    )
