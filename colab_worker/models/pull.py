"""``python -m colab_worker.models.pull NAME``: brings a known model onto the shelf.

The files come from the model's own page, at the pinned revision; a download that was cut
off goes on. The model only appears on the shelf when all of it is there and every file has
the hash that its source names.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import urllib.request
import zipfile
import zlib
from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

from colab_worker.lost_downloads import why_lost
from colab_worker.models.folder import SLASH
from colab_worker.models.hub import INTERRUPTED, PARTS, fetch_files
from colab_worker.models.not_pulled import NotPulled, broken_off
from colab_worker.models.others import describe
from colab_worker.models.presets import (
    BY_NAME,
    GB,
    IP_ADAPTER,
    VITS,
    WHISPER,
    XTTS,
    AdapterPreset,
    Preset,
    VoicePreset,
)
from colab_worker.models.shelf import Shelf, models_folder
from shared_protocol.kit.command_lines import Parser
from shared_protocol.kit.folder_lock import FolderInUse, lock_folder

#: What can be pulled and is no picture model.
OTHERS: dict[str, VoicePreset | AdapterPreset] = {
    preset.name: preset for preset in (VITS, XTTS, IP_ADAPTER, WHISPER)
}
#: Space that stays free.
FLOOR_BYTES = 2 * GB
#: Half downloads stand in here, and beside them the locks of who fetches them.
PULLING, LOCKS = ".pulling", ".locks"
CONNECT_S = 30.0
CHUNK_BYTES = 1 << 20
#: The archive of a voice holds more; only these are needed.
VOICE_FILES = ("config.json", "model_file.pth", "speaker_ids.json")
_ON_THE_HUB = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*(@[\w.-]+)?", re.ASCII)
#: What unpacking ends with where bytes are wrong.
_SPOILT = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError)


def main(arguments: list[str] | None = None) -> int:
    """Brings the models named; the exit status."""
    parser = Parser(prog="python -m colab_worker.models.pull")
    parser.add_argument("names", nargs="+", type=pullable, metavar="NAME")
    for name in parser.parse_args(arguments).names:
        try:
            pull(name, models_folder())
        except NotPulled as reason:
            sys.stderr.write(f"{name}: {reason}\n")
            return 1
        except KeyboardInterrupt:
            sys.stderr.write(f"{name}: stopped; the same command goes on\n")
            return INTERRUPTED
    return 0


def pullable(word: str) -> str:
    """A name that ``pull`` takes, on a command line."""
    if word in (*BY_NAME, *OTHERS) or _ON_THE_HUB.fullmatch(word):
        return word
    names = ", ".join((*BY_NAME, *OTHERS))
    raise ArgumentTypeError(
        f"{word!r} is none of {names}, and no owner/model of the hub"
    )


def pull(name: str, shelf: Path, *, floor_bytes: int = FLOOR_BYTES) -> None:
    """Brings a model, and the one that it draws with; raises NotPulled.

    ``name`` is one of ours, or ``owner/model`` of the hub, which may end in ``@revision``.
    ``floor_bytes`` of the disk stay free.
    """
    preset: Preset | AdapterPreset | VoicePreset | None
    preset = OTHERS.get(name) or BY_NAME.get(name)
    if preset is None:
        preset = describe(name)
        name = preset.name
    if isinstance(preset, Preset) and preset.base:
        pull(preset.base, shelf, floor_bytes=floor_bytes)
    try:
        _pull(name, preset, shelf, floor_bytes)
    except FolderInUse as holder:
        raise NotPulled(f"{name} is being fetched already, by {holder}") from holder
    except OSError as error:
        raise NotPulled(f"{shelf} cannot be used: {why_lost(error)}") from error


def forget_half(name: str, shelf: Path) -> bool:
    """Deletes what came of a model that is not whole yet; whether there was any.

    Raises NotPulled while it is being fetched.
    """
    staging = shelf / PULLING / name
    if name.startswith(".") or not staging.is_dir():  # no model's name begins so
        return False
    try:
        with _alone(shelf, name):
            shutil.rmtree(staging)
    except FolderInUse as holder:
        raise NotPulled(f"{name} is being fetched, by {holder}") from holder
    return True


def _pull(
    name: str,
    preset: Preset | AdapterPreset | VoicePreset,
    shelf: Path,
    floor_bytes: int,
) -> None:
    home = shelf / (preset.home if isinstance(preset, Preset) else preset.name)
    staging = shelf / PULLING / home.name
    if _is_here(name, home):
        return
    staging.mkdir(parents=True, exist_ok=True)
    with _alone(shelf, home.name):
        if _is_here(name, home):  # another process was quicker
            return
        staging.mkdir(exist_ok=True)
        _require_space(preset.bytes, staging, floor_bytes)
        _say(f"{name}: {preset.bytes / GB:.1f} GB, licence {preset.licence}")
        if "/" in name and isinstance(preset, Preset):
            _say(f"{name}: revision {preset.revision}")
        if isinstance(preset, VoicePreset):
            _from_archive(preset, staging)
        else:
            fetch_files(preset, staging, _say)
        shutil.rmtree(staging / PARTS, ignore_errors=True)
        staging.rename(home)
    _say(f"{name} is here: {home}")


def _is_here(name: str, home: Path) -> bool:
    """Says so; raises NotPulled where something else or half of it has its place."""
    if not os.path.lexists(home):
        return False
    listed = Shelf(home.parent, has_gpu=False).inventory()
    names = {name, home.name.replace(SLASH, "/")}
    if not any(model.here for model in listed if model.name in names):
        raise NotPulled(
            f"what stands in {home} is no whole {name}; `moonreel models remove {name}` "
            "takes it away, then pull it again"
        )
    _say(f"{name} is here already: {home}")
    return True


@contextmanager
def _alone(shelf: Path, name: str) -> Iterator[None]:
    """One process a model; raises FolderInUse. The lock stays where it did not end well."""
    folder = shelf / PULLING / LOCKS / name
    folder.mkdir(parents=True, exist_ok=True)
    with lock_folder(folder):
        yield
    shutil.rmtree(folder, ignore_errors=True)


def _require_space(needed: int, staging: Path, floor: int) -> None:
    here = sum(file.stat().st_size for file in staging.rglob("*") if file.is_file())
    free = shutil.disk_usage(staging).free
    if free - floor < needed - here:
        raise NotPulled(
            f"{(needed - here) / GB:.1f} GB are needed and {free / GB:.1f} GB are free, "
            f"of which {floor / GB:.1f} GB shall stay so; free some space, or name "
            "another disk with MOONREEL_MODELS"
        )


def _from_archive(preset: VoicePreset, staging: Path) -> None:
    archive = staging / "archive.zip"
    try:
        _download(preset, archive)
    except (OSError, HTTPException) as error:
        raise broken_off(preset.url, error) from error
    try:
        with zipfile.ZipFile(archive) as opened:  # which checks each file's sum
            for member in opened.namelist():
                if os.path.basename(member) in VOICE_FILES:  # noqa: PTH119 - no path here
                    _unpack(opened, member, staging)
    except OSError as error:
        raise broken_off(preset.url, error) from error
    except _SPOILT as error:
        archive.unlink()
        raise NotPulled(
            f"the archive did not come whole and was thrown away "
            f"({why_lost(error)}); run it again"
        ) from error
    archive.unlink()
    missing = [name for name in VOICE_FILES if not (staging / name).is_file()]
    if missing:
        raise NotPulled(f"the archive lacks {', '.join(missing)}; report it, please")


def _unpack(opened: zipfile.ZipFile, member: str, staging: Path) -> None:
    target = staging / member.rpartition("/")[2]  # its folders are not ours
    with opened.open(member) as source, target.open("wb") as file:
        shutil.copyfileobj(source, file, CHUNK_BYTES)


def _download(preset: VoicePreset, archive: Path) -> None:
    """Goes on where an earlier run stopped, if the server gives parts."""
    got = archive.stat().st_size if archive.exists() else 0
    asked = urllib.request.Request(preset.url)  # noqa: S310 - ours
    if got:
        asked.add_header("Range", f"bytes={got}-")
    try:
        answer = urllib.request.urlopen(asked, timeout=CONNECT_S)  # noqa: S310 - ours
    except HTTPError as error:
        if not got or error.code != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise
        return  # nothing is left to fetch: unpacking tells whether it is whole
    with answer as reply:
        if reply.status != HTTPStatus.PARTIAL_CONTENT:
            got = 0
        length = reply.headers.get("Content-Length")
        whole = got + int(length) if length else None
        _receive(preset, reply, archive, got, whole)


def _receive(
    preset: VoicePreset, reply: Any, archive: Path, got: int, whole: int | None
) -> None:
    told, about = 0, whole or preset.bytes
    with archive.open("ab" if got else "wb") as file:
        while chunk := reply.read(CHUNK_BYTES):
            file.write(chunk)
            got += len(chunk)
            if 20 * got // about > told:
                told = 20 * got // about
                _say(f"{preset.name}: {min(100, 100 * got // about)} %")
    if whole is not None and got < whole:
        raise OSError(f"it broke off at {100 * got // whole} %")


def _say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
