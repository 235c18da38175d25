"""The only caller of ffmpeg: its binary, its process, its progress, its last words."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import re
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

import ffmpeg
import imageio_ffmpeg

from colab_worker.engines.base import EngineError, Tick

#: Lines of ffmpeg's log that are kept; the last few go into the error.
LOG_LINES = 400
LINES_IN_ERROR = 3
#: How often the caller hears of progress and may stop, in seconds.
TICK_S = 0.2
#: How often ffmpeg tells how far it is, in seconds.
TOLD_S = 0.05
#: Room for a third of a 1080p frame; the default pipe holds 64 KiB.
PIPE_BYTES = 1 << 20
#: A block is fed although too many are on the way when nothing moved for so long, in
#: seconds: ffmpeg may need more to go on than was thought.
PATIENCE_S = 0.5

#: Lines that only say that another line was the end of it.
_AFTERMATH = re.compile(
    r"Task finished with error|Terminating thread|Nothing was written|"
    r"Error sending frames|Could not open encoder before EOF"
)
_LEVEL = re.compile(r"\[(?:panic|fatal|error|warning|info)\] ")
_ERROR = re.compile(r"\[(?:panic|fatal|error)\] ")
_ADDRESS = re.compile(r" @ 0x[0-9a-f]+")
#: Inputs may be local files and our own pipe, whatever a file names inside.
INPUT = {"protocol_whitelist": "file,pipe"}
#: No versions and no dates: the same inputs give the same bytes.
BITEXACT = {"fflags": "+bitexact", "flags": "+bitexact", "map_metadata": "-1"}
BT709 = {
    "colorspace": "bt709",
    "color_primaries": "bt709",
    "color_trc": "bt709",
    "color_range": "tv",
}


def executable() -> str:
    """The ffmpeg binary; EngineError says how to get one."""
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise EngineError(
            "There is no ffmpeg for this machine.",
            hint="Install ffmpeg and set IMAGEIO_FFMPEG_EXE to its path.",
        ) from error


def list_entry(path: Path) -> str:
    """The line of a ``concat`` list that names ``path``, whatever it is called."""
    quoted = str(path.resolve()).replace("'", "'\\''")
    return f"file '{quoted}'"


def run(
    output: Any,
    *,
    folder: Path,
    tick: Tick,
    words: str,
    length_s: float,
    feed: Iterable[memoryview] | None = None,
    ahead: int | None = None,
    level: str = "warning",
) -> list[str]:
    """Runs the graph that ends in ``output`` inside ``folder``; returns the log.

    ``feed`` goes to the standard input, a frame at a time, and no more than ``ahead``
    before those that are done: ffmpeg's own queues would hold dozens. ``length_s`` is
    the length of the result, by which progress is told. Whatever ``tick`` raises kills ffmpeg at
    once and goes through. EngineError carries ffmpeg's last lines.
    """
    process = _start(output, folder, feed is not None, level)
    threads = _Threads(process, feed, ahead)
    try:
        _wait(process, threads, tick, words, length_s)
    finally:
        process.kill()
        process.wait()
        threads.join()
    if threads.feed_error is not None:
        raise threads.feed_error
    if process.returncode != 0:
        raise _failure(words, process.returncode, threads.log)
    return list(threads.log)


def _wait(
    process: subprocess.Popen[bytes],
    threads: _Threads,
    tick: Tick,
    words: str,
    length_s: float,
) -> None:
    while True:
        done = threads.position_s / length_s if length_s > 0 else 0.0
        tick(min(1.0, done), words)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(TICK_S)
            return


def _start(output: Any, folder: Path, fed: bool, level: str) -> subprocess.Popen[bytes]:
    arguments = ffmpeg.get_args(output.global_args(*_PROGRESS))
    command = [executable(), "-hide_banner", "-nostdin", "-nostats", "-y"]
    return subprocess.Popen(  # noqa: S603 - our own binary and arguments, no shell
        [*command, "-v", f"level+{level}", *arguments],
        cwd=folder,
        stdin=subprocess.PIPE if fed else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=_die_with_parent if sys.platform == "linux" else None,
    )


_PROGRESS = ("-progress", "pipe:1", "-stats_period", str(TOLD_S))


class _Threads:
    """Feeds a process and hears it out, so that none of its pipes can block it."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        feed: Iterable[memoryview] | None,
        ahead: int | None,
    ) -> None:
        self._ahead = ahead
        self._done = 0
        self._over = False
        self._moved = threading.Condition()
        self.log: deque[str] = deque(maxlen=LOG_LINES)
        self.position_s = 0.0
        self.feed_error: Exception | None = None
        targets = [
            functools.partial(self._read_log, _open(process.stderr)),
            functools.partial(self._read_progress, _open(process.stdout)),
        ]
        if feed is not None:
            targets.append(functools.partial(self._feed, _open(process.stdin), feed))
        self._threads = [threading.Thread(target=target) for target in targets]
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        """Waits until all pipes of the ended process are read out."""
        for thread in self._threads:
            thread.join()

    def _read_log(self, pipe: IO[bytes]) -> None:
        with pipe:
            for line in pipe:
                if text := line.decode(errors="replace").strip():
                    self.log.append(text)

    def _read_progress(self, pipe: IO[bytes]) -> None:
        with pipe:
            for line in pipe:
                if match := re.fullmatch(rb"out_time_us=(\d+)", line.strip()):
                    self.position_s = int(match[1]) / 1e6
                elif match := re.fullmatch(rb"frame=(\d+)", line.strip()):
                    with self._moved:
                        self._done = int(match[1])
                        self._moved.notify()
        with self._moved:
            self._over = True
            self._moved.notify()

    def _feed(self, pipe: IO[bytes], feed: Iterable[memoryview]) -> None:
        _widen(pipe)
        try:
            # A broken pipe means that ffmpeg ended first: its exit status tells why.
            with contextlib.suppress(BrokenPipeError), pipe:
                for number, block in enumerate(feed):
                    self._keep_step(number)
                    pipe.write(block)
        except Exception as error:  # raised again by run(), in the caller's thread
            self.feed_error = error

    def _keep_step(self, fed: int) -> None:
        if self._ahead is None:
            return
        with self._moved:
            while fed - self._done >= self._ahead and not self._over:
                before = self._done
                if not self._moved.wait_for(
                    functools.partial(self._is_beyond, before), PATIENCE_S
                ):
                    return

    def _is_beyond(self, frames: int) -> bool:
        return self._over or self._done > frames


def _open(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise ValueError("the process was started without this pipe")
    return pipe


def _failure(words: str, code: int, log: Iterable[str]) -> EngineError:
    ending = " ".join(_telling(list(log))[-LINES_IN_ERROR:]) or "It said nothing."
    if code < 0:
        name = signal.Signals(-code).name
        ending = f"It was ended by {name}, perhaps for want of memory. {ending}"
    return EngineError(f"ffmpeg failed while {words}: {ending}")


def _telling(log: list[str]) -> list[str]:
    """The lines that tell of errors, or all if there are none; without memory addresses."""
    lines = [line for line in log if not _AFTERMATH.search(line)]
    errors = [line for line in lines if _ERROR.search(line)] or lines
    return [_ADDRESS.sub("", _LEVEL.sub("", line)) for line in errors]


def _widen(pipe: IO[bytes]) -> None:
    if sys.platform == "linux":
        import fcntl

        with contextlib.suppress(OSError):  # a limit of the machine; only slower
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)


_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1


def _die_with_parent() -> None:
    """In the new process: asks Linux to kill it when the one that began it ends."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
