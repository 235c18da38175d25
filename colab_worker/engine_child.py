"""The child side: loads engines, does units one after another, stops when asked.

Started as ``python -m colab_worker.engine_child``. Commands come on standard input,
events go to what was standard output; anything that a library prints goes to standard
error instead, so that it can never be taken for an event.
"""

from __future__ import annotations

import base64
import contextlib
import errno
import os
import queue
import signal
import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from colab_worker.engine_wire import (
    COMMAND,
    Beat,
    Do,
    Done,
    Failed,
    Glimpse,
    Load,
    Loaded,
    Loading,
    MadeFile,
    Other,
    Part,
    Progress,
    Ready,
    Room,
)
from colab_worker.engines.base import (
    BadInput,
    DrawsTogether,
    ServiceFailed,
    Stopped,
    UnitCall,
    UnitOutput,
    Unusable,
)
from colab_worker.engines.cuda import is_fatal
from colab_worker.stages import STAGES, TOGETHER, Loader
from shared_protocol.wire import Wire

BEAT_S = 1.0
#: A load that takes longer is told of.
LASTING_S = 1.0
#: Exit status of a process that an engine has spoilt.
UNUSABLE_STATUS = 70
#: Work yields to the HTTP side, which needs little time but needs it at once.
NICENESS = 10
AUTOGROUP = Path("/proc/self/autogroup")


class Child:
    """One engine process: a queue of units, a stop flag, warm engines."""

    def __init__(self, commands: BinaryIO, events: BinaryIO) -> None:
        self._commands = commands
        self._events = events
        self._events_lock = threading.Lock()
        self._todo: queue.Queue[Do | Load] = queue.Queue()
        self._stop = threading.Event()
        self._loader = Loader()

    def run(self) -> None:
        """Serves until the parent goes away."""
        self._say(Ready())
        threading.Thread(target=self._listen, daemon=True).start()
        threading.Thread(target=self._beat, daemon=True).start()
        while True:
            command = self._todo.get()
            self._say(self._answer(command))

    def _listen(self) -> None:
        for line in self._commands:
            command = COMMAND.validate_json(line)
            if isinstance(command, Do | Load):
                self._stop.clear()
                self._todo.put(command)
            else:
                self._stop.set()
        # The parent is gone: so must be whatever this process started.
        os.killpg(0, signal.SIGKILL)

    def _beat(self) -> None:
        while True:
            self._say(Beat())
            threading.Event().wait(BEAT_S)

    def _answer(self, command: Do | Load) -> Done | Failed:
        try:
            engine = self._loader.engine(command, self._loading())
            if (made := self._loader.news()) is not None:
                self._say(Loaded(kind=made, engine=command.engine))
            if isinstance(command, Load):
                return Done(files=(), facts={})
            return self._do(command, engine)
        except Exception as error:
            if isinstance(error, Unusable):
                _give_up(str(error))
            if is_fatal(error):
                _give_up(f"the GPU reported a fault: {error}")
            return _failed(error)

    def _do(self, command: Do, engine: Any) -> Done:
        units: tuple[Do | Other, ...] = (command, *command.others)
        calls = [
            UnitCall(
                kind=command.kind,
                engine=command.engine,
                params=one.params,
                inputs=one.inputs,
                out_dir=one.out_dir,
                show=partial(self._show, number) if command.watched else None,
            )
            for number, one in enumerate(units)
        ]
        try:
            if not command.others:
                return _done(STAGES[command.kind](calls[0], engine, self._tick))
            TOGETHER[command.kind](calls, engine, self._tick_of, self._part)
            return Done(files=(), facts={})
        finally:
            if isinstance(engine, DrawsTogether):
                fits, most = engine.room()
                self._say(Room(fits=fits, most=most))

    @contextlib.contextmanager
    def _loading(self) -> Iterator[None]:
        """Loading is told when it lasts: most engines are there at once."""
        self._check_stop()
        news = threading.Timer(LASTING_S, lambda: self._say(Loading()))
        news.start()
        try:
            yield
        finally:
            news.cancel()
            news.join()

    def _check_stop(self) -> None:
        if self._stop.is_set():
            raise Stopped("canceled")

    def _tick(self, fraction: float, note: str) -> None:
        self._tick_of(0, fraction, note)

    def _tick_of(self, number: int, fraction: float, note: str) -> None:
        self._check_stop()
        part = min(max(fraction, 0.0), 1.0)
        self._say(Progress(fraction=part, note=note, number=number))

    def _show(self, number: int, webp: bytes) -> None:
        told = base64.b64encode(webp).decode("ascii")
        self._say(Glimpse(webp=told, number=number))

    def _part(self, number: int, output: UnitOutput) -> None:
        done = _done(output)
        self._say(Part(number=number, files=done.files, facts=done.facts))

    def _say(self, event: Wire) -> None:
        with self._events_lock:
            self._events.write(event.model_dump_json().encode() + b"\n")
            self._events.flush()


def _give_up(last_words: str) -> NoReturn:
    """The parent reads them, and starts a fresh process."""
    sys.stderr.write(f"{' '.join(last_words.split())}\n")
    sys.stderr.flush()
    os._exit(UNUSABLE_STATUS)


def _done(output: UnitOutput) -> Done:
    files = tuple(MadeFile(name=f.name, media_type=f.media_type) for f in output.files)
    return Done(files=files, facts=output.facts)


def _failed(error: Exception) -> Failed:
    hint: Any = getattr(error, "hint", None)
    if isinstance(error, Stopped):
        return Failed(message="canceled", hint=None, reason="stopped")
    if isinstance(error, BadInput):
        return Failed(message=str(error), hint=hint, reason="bad_input")
    if isinstance(error, ServiceFailed):
        return Failed(message=str(error), hint=hint, reason="service_failed")
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Failed(
            message="the disk is full", hint="free some space", reason="disk_full"
        )
    message = str(error) or type(error).__name__
    return Failed(message=message, hint=hint, reason="engine_failed")


def main() -> None:
    """Takes the two pipes over and serves."""
    _yield_to_the_http_side()
    events = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    Child(sys.stdin.buffer, events).run()


def _yield_to_the_http_side() -> None:
    os.nice(NICENESS)
    # Linux weighs whole sessions against each other (sched(7), autogroup), and this
    # process leads one of its own: there the niceness is set for the session.
    if AUTOGROUP.exists():
        with contextlib.suppress(
            OSError
        ):  # a kernel may refuse; replies are slower then
            AUTOGROUP.write_text(str(NICENESS), encoding="ascii")


if __name__ == "__main__":
    main()
