"""``python -m colab_worker.models.pull NAME``: brings a known model onto the shelf.

The files come from the model's own page, at the pinned revision; a download that was cut
off goes on. The model only appears on the shelf when all of it is there and every file has
the hash that its source names.
"""

from __future__ import annotations

import os
import shutil
import sys
import urllib.request
import zipfile
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

from colab_worker.lost_downloads import why_lost
from colab_worker.models.hashes import wrong_files
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
from colab_worker.models.shelf import models_folder
from shared_protocol.kit.command_lines import Parser

#: What can be pulled and is no picture model.
OTHERS: dict[str, VoicePreset | AdapterPreset] = {
    preset.name: preset for preset in (VITS, XTTS, IP_ADAPTER, WHISPER)
}
#: Space that stays free.
FLOOR_BYTES = 2 * GB
CONNECT_S = 30.0
CHUNK_BYTES = 1 << 20
#: The archive of a voice holds more; only these are needed.
VOICE_FILES = ("config.json", "model_file.pth", "speaker_ids.json")


class NotPulled(Exception):
    """The model is not here; the sentence says why and what to do."""


def main(arguments: list[str] | None = None) -> int:
    """Brings the models named; the exit status."""
    parser = Parser(prog="python -m colab_worker.models.pull")
    names = [*BY_NAME, *OTHERS]
    parser.add_argument("names", nargs="+", choices=names, metavar="NAME",
                        help=f"one of: {', '.join(names)}")  # fmt: skip
    for name in parser.parse_args(arguments).names:
        try:
            pull(name, models_folder())
        except NotPulled as reason:
            sys.stderr.write(f"{name}: {reason}\n")
            return 1
    return 0


def pull(name: str, shelf: Path, *, floor_bytes: int = FLOOR_BYTES) -> None:
    """Brings a model, and the one that it draws with; raises NotPulled.

    ``floor_bytes`` of the disk stay free.
    """
    preset: Preset | AdapterPreset | VoicePreset = OTHERS.get(name) or BY_NAME[name]
    if isinstance(preset, Preset) and preset.base:
        pull(preset.base, shelf, floor_bytes=floor_bytes)
    home = shelf / (preset.home if isinstance(preset, Preset) else preset.name)
    if home.exists():
        _say(f"{name} is here already: {home}")
        return
    staging = shelf / ".pulling" / home.name
    staging.mkdir(parents=True, exist_ok=True)
    _require_space(preset.bytes, staging, floor_bytes)
    _say(f"{name}: {preset.bytes / GB:.1f} GB, licence {preset.licence}")
    if isinstance(preset, VoicePreset):
        _from_archive(preset, staging)
    else:
        _from_hub(preset, staging)
    shutil.rmtree(staging / ".cache", ignore_errors=True)
    staging.rename(home)
    _say(f"{name} is here: {home}")


def _require_space(needed: int, staging: Path, floor: int) -> None:
    here = sum(file.stat().st_size for file in staging.rglob("*") if file.is_file())
    free = shutil.disk_usage(staging).free
    if free - floor < needed - here:
        raise NotPulled(
            f"{(needed - here) / GB:.1f} GB are needed and {free / GB:.1f} GB are free, "
            f"of which {floor / GB:.1f} GB shall stay so; free some space, or name "
            "another disk with MOONREEL_MODELS"
        )


def _from_hub(preset: Preset | AdapterPreset, staging: Path) -> None:
    try:
        from huggingface_hub import HfApi, RepoFile, errors, snapshot_download
    except ImportError as error:
        raise NotPulled("install the packages first: moonreel[image]") from error
    try:
        snapshot_download(
            preset.repo,
            revision=preset.revision,
            allow_patterns=list(preset.files),
            local_dir=staging,
        )
        _say(f"{preset.name}: checking every file")
        tree = HfApi().list_repo_tree(
            preset.repo, revision=preset.revision, recursive=True
        )
        wrong = wrong_files((e for e in tree if isinstance(e, RepoFile)), staging)
    except errors.GatedRepoError as error:
        raise NotPulled(
            f"accept the licence at {preset.page}, then set HF_TOKEN to a token of your "
            "account that may read it"
        ) from error
    except (errors.HfHubHTTPError, OSError) as error:
        raise _broken_off(preset.page, error) from error
    for file in wrong:
        file.unlink()
    if wrong:
        names = ", ".join(file.relative_to(staging).as_posix() for file in wrong)
        raise NotPulled(
            f"{names} did not come as {preset.page} describes it, and was thrown away; "
            "run it again"
        )


def _from_archive(preset: VoicePreset, staging: Path) -> None:
    archive = staging / "archive.zip"
    try:
        _download(preset, archive)
    except (OSError, HTTPException) as error:
        raise _broken_off(preset.url, error) from error
    try:
        with zipfile.ZipFile(archive) as opened:  # which checks each file's sum
            for member in opened.namelist():
                if os.path.basename(member) in VOICE_FILES:  # noqa: PTH119 - no path here
                    _unpack(opened, member, staging)
    except (OSError, zipfile.BadZipFile) as error:
        raise NotPulled(
            f"the archive did not come whole and was thrown away "
            f"({why_lost(error)}); run it again"
        ) from error
    finally:
        archive.unlink(missing_ok=True)
    missing = [name for name in VOICE_FILES if not (staging / name).is_file()]
    if missing:
        raise NotPulled(f"the archive lacks {', '.join(missing)}; report it, please")


def _broken_off(url: str, error: Exception) -> NotPulled:
    return NotPulled(
        f"the download from {urlsplit(url).hostname} broke off ({why_lost(error)}); run "
        "it again, and it goes on"
    )


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
        whole = got + int(length) if length else preset.bytes
        _receive(preset.name, reply, archive, got, whole)


def _receive(name: str, reply: Any, archive: Path, got: int, whole: int) -> None:
    told = 0
    with archive.open("ab" if got else "wb") as file:
        while chunk := reply.read(CHUNK_BYTES):
            file.write(chunk)
            got += len(chunk)
            if 20 * got // whole > told:
                told = 20 * got // whole
                _say(f"{name}: {100 * got // whole} %")
    if got < whole:
        raise OSError(f"it broke off at {100 * got // whole} %")


def _say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
