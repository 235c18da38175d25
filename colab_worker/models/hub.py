"""Files of a model from its repository on the hub: at the pinned revision, each checked.

The hub's own ``snapshot_download`` (2.x) begins a file that broke off anew; here what came
of it stays, and the next run asks for the rest.
"""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from colab_worker.models.hashes import is_right
from colab_worker.models.not_pulled import NotPulled, broken_off, is_full
from colab_worker.models.presets import AdapterPreset, Preset

INTERRUPTED = 130
#: Within the folder, what came of files that are not whole yet.
PARTS = ".cache"
AT_ONCE = 4
_REFUSED = {401, 403}
_UNKNOWN = 404
Says = Callable[[str], None]


def fetch_files(preset: Preset | AdapterPreset, folder: Path, say: Says) -> None:
    """Brings what lacks in ``folder``; raises NotPulled, and what came stays."""
    with asking(preset.page, gated=isinstance(preset, Preset) and preset.gated):
        from huggingface_hub import HfApi, RepoFile
        from huggingface_hub.utils import filter_repo_objects

        tree = HfApi().list_repo_tree(
            preset.repo, revision=preset.revision, recursive=True
        )
        needed = filter_repo_objects(
            [entry for entry in tree if isinstance(entry, RepoFile)],
            allow_patterns=list(preset.files),
            key=lambda entry: entry.path,
        )
        files = list(needed)
        _require_inside(files, folder, preset.page)
        wrong = _fetch_all(preset, files, folder, say)
    if wrong:
        raise NotPulled(
            f"{', '.join(wrong)} did not come as {preset.page} describes it, and was "
            "thrown away; run it again"
        )


@contextmanager
def asking(page: str, *, gated: bool) -> Iterator[None]:
    """What the hub's client raises becomes NotPulled, with what to do; so its absence."""
    try:
        from huggingface_hub import errors
    except ImportError as error:
        raise NotPulled("install the packages first: moonreel[image]") from error
    try:
        yield
    except errors.GatedRepoError as error:
        raise _not_accepted(page) from error
    # Its connections have errors of their own, which are no OSError.
    except (errors.HTTPError, OSError, ValueError, RuntimeError) as error:
        raise _why(page, error, errors, gated=gated) from error


def _require_inside(files: list[Any], folder: Path, page: str) -> None:
    home = folder.resolve()
    for entry in files:
        if not (home / entry.path).resolve().is_relative_to(home):
            raise NotPulled(f"{page} lists a file outside of itself: {entry.path}")


def _fetch_all(
    preset: Preset | AdapterPreset, files: list[Any], folder: Path, say: Says
) -> list[str]:
    """The names of those whose bytes were not as described."""
    lacking = [entry for entry in files if not is_right(entry, folder / entry.path)]
    progress = _Progress(preset.name, sum(entry.size for entry in lacking), say)

    def fetch(entry: Any) -> bool:
        return _fetch(preset, entry, folder, progress)

    with _interrupts_at_once(), ThreadPoolExecutor(AT_ONCE) as pool:
        came = list(pool.map(fetch, lacking))
    return [entry.path for entry, well in zip(lacking, came, strict=True) if not well]


def _fetch(
    preset: Preset | AdapterPreset, entry: Any, folder: Path, progress: _Progress
) -> bool:
    """Whether the file stands in its place now, as it was described."""
    from huggingface_hub import hf_hub_url
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils import build_hf_headers

    part = folder / PARTS / entry.path
    part.parent.mkdir(parents=True, exist_ok=True)
    have = part.stat().st_size if part.exists() else 0
    progress.add(have)
    if have < entry.size or not entry.size:
        with _Counted(part, progress) as file:
            http_get(
                hf_hub_url(preset.repo, entry.path, revision=preset.revision),
                file,
                resume_size=have,
                # Of a packed body the rest could not be asked for.
                headers=build_hf_headers() | {"Accept-Encoding": "identity"},
                expected_size=entry.size,
            )
    if not is_right(entry, part):
        part.unlink(missing_ok=True)
        return False
    target = folder / entry.path
    target.parent.mkdir(parents=True, exist_ok=True)
    part.replace(target)
    return True


class _Progress:
    """Tells of each twentieth that has come; asked by several threads."""

    def __init__(self, name: str, whole: int, say: Says) -> None:
        self._name, self._whole, self._say = name, whole, say
        self._got = self._told = 0
        self._lock = threading.Lock()

    def add(self, count: int) -> None:
        """So many bytes more."""
        with self._lock:
            self._got += count
            now = min(20, 20 * self._got // (self._whole or 1))
            if now > self._told:
                self._told = now
                self._say(f"{self._name}: {5 * now} %")


class _Counted(io.BufferedWriter):
    """A part that goes on at its end."""

    def __init__(self, path: Path, progress: _Progress) -> None:
        # Not for appending: a server that gives no parts has it written anew.
        super().__init__(io.FileIO(os.open(path, os.O_RDWR | os.O_CREAT, 0o666), "r+"))
        self._progress = progress
        self.seek(0, os.SEEK_END)

    def write(self, content: Any) -> int:
        """As ever; it is told of."""
        count = super().write(content)
        self._progress.add(count)
        return count


def _not_accepted(page: str) -> NotPulled:
    return NotPulled(
        f"accept the licence at {page}, then set HF_TOKEN to a token of your account "
        "that may read it"
    )


def _why(page: str, error: Exception, errors: Any, *, gated: bool) -> NotPulled:
    """A refusal has its reason in words; all else broke off."""
    if isinstance(error, errors.OfflineModeIsEnabled):
        return NotPulled(
            "HF_HUB_OFFLINE turns the hub off, so nothing is fetched; unset it"
        )
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status == _UNKNOWN:
        return NotPulled(f"the hub has no {page}, or not this revision or file of it")
    if status not in _REFUSED or is_full(error):
        return broken_off(page, error)
    if gated:
        return _not_accepted(page)
    return NotPulled(
        f"the hub refuses {page} (HTTP {status}): look at its name; a wrong token is "
        "refused for public models too, so set HF_TOKEN to one of "
        "https://huggingface.co/settings/tokens, or unset it"
    )


@contextmanager
def _interrupts_at_once() -> Iterator[None]:
    """Threads would first fetch to their ends the files that are under way."""
    before = signal.signal(signal.SIGINT, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _end(_: int, __: FrameType | None) -> None:
    sys.stderr.write("\nmoonreel: stopped; the same command goes on\n")
    sys.stderr.flush()
    os._exit(INTERRUPTED)
