"""What films and pictures say of themselves, and how they are sent without it.

Words are taken out where they stand, so nothing is encoded anew. An MP4 keeps its length:
its boxes of metadata become free space, and no offset in it moves (ISO/IEC 14496-12).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from shared_protocol.kit.ranges import Edit

#: Boxes that only hold others.
_PARENTS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"udta"}
#: Boxes that begin with when they were made and changed.
_DATED = {b"mvhd", b"tkhd", b"mdhd"}
_VIDEO = {b"avc1", b"avc3", b"hvc1", b"hev1", b"av01"}
#: Of the first entry of ``stsd``: where the name of the encoder stands, and how long.
_ENCODER_AT, _ENCODER_BYTES = 16 + 50, 32
#: x264 writes its settings into the first picture.
_SETTINGS_MARK, _SETTINGS_WITHIN = b"x264 - core", 1 << 16
#: The index of a film of an hour is about 2 MB.
_MOST_INDEX_BYTES = 1 << 26
_PNG_WORDS = {b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"}
_JPEG_PLAIN = {0xE0, 0xEE}  # JFIF, and Adobe's mark of the colours


def bare_edits(path: Path, media_type: str) -> list[Edit] | None:
    """What to take out, in order; None for a kind that this does not know.

    Chapters and captions stay: they are of the film, not about it. Raises ValueError
    for a file that is not what its type says.
    """
    if media_type not in _READERS:
        return None
    with path.open("rb") as file:
        try:
            return sorted(_READERS[media_type](file), key=lambda edit: edit.start)
        except struct.error as error:
            raise ValueError(f"{path.name} ends within a box or chunk") from error


def _of_mp4(file: BinaryIO) -> Iterator[Edit]:
    for kind, start, stop in _top_boxes(file):
        if kind == b"moov":
            if stop - start > _MOST_INDEX_BYTES:
                raise ValueError("the index of the film is too long")
            file.seek(start)
            yield from _of_boxes(file.read(stop - start), 0, stop - start, start)
        elif kind == b"mdat":
            yield from _settings(file, start, stop)


def _top_boxes(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    end = file.seek(0, 2)
    at = 0
    while at + 8 <= end:
        file.seek(at)
        size, kind = struct.unpack(">I4s", file.read(8))
        if size == 1:
            (size,) = struct.unpack(">Q", file.read(8))
        stop = end if size == 0 else at + size
        if not at + 8 <= stop <= end:
            raise ValueError("a box is longer than the file")
        yield kind, at, stop
        at = stop


def _of_boxes(data: bytes, at: int, end: int, offset: int) -> Iterator[Edit]:
    """Edits of the boxes in ``data``, which stands at ``offset`` of the file."""
    while at + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, at)
        if not 8 <= size <= end - at:
            raise ValueError("a box is longer than the one around it")
        here = offset + at
        if kind in _PARENTS:
            yield from _of_boxes(data, at + 8, at + size, offset)
        elif kind == b"meta":
            yield Edit(here + 4, here + size, b"free" + bytes(size - 8))
        elif kind in _DATED:
            wide = data[at + 8] == 1
            yield _blank(here + 12, 16 if wide else 8)
        elif kind == b"stsd" and data[at + 20 : at + 24] in _VIDEO:
            yield _blank(here + _ENCODER_AT, _ENCODER_BYTES)
        at += size


def _settings(file: BinaryIO, start: int, stop: int) -> Iterator[Edit]:
    file.seek(start)
    head = file.read(min(stop - start, _SETTINGS_WITHIN))
    at = head.find(_SETTINGS_MARK)
    if at >= 0:
        end = head.find(b"\0", at)
        end = len(head) if end < 0 else end
        # Spaces, as a row of zeros would look like the start of another picture.
        yield Edit(start + at, start + end, b" " * (end - at))


def _blank(start: int, size: int) -> Edit:
    return Edit(start, start + size, bytes(size))


def _of_png(file: BinaryIO) -> Iterator[Edit]:
    at, kind = 8, b""
    while kind != b"IEND":
        file.seek(at)
        size, kind = struct.unpack(">I4s", file.read(8))
        if kind in _PNG_WORDS:
            yield Edit(at, at + 12 + size, b"")
        at += 12 + size


def _of_jpeg(file: BinaryIO) -> Iterator[Edit]:
    at, kind = 2, 0
    while kind != 0xDA:  # from there on it is the picture itself
        file.seek(at)
        mark, kind, size = struct.unpack(">BBH", file.read(4))
        if mark != 0xFF:
            raise ValueError("the file is no JPEG")
        is_app = 0xE0 <= kind <= 0xEF
        if kind == 0xFE or (is_app and kind not in _JPEG_PLAIN):
            yield Edit(at, at + 2 + size, b"")
        at += 2 + size


_READERS: dict[str, Callable[[BinaryIO], Iterator[Edit]]] = {
    "video/mp4": _of_mp4,
    "audio/mp4": _of_mp4,
    "image/png": _of_png,
    "image/jpeg": _of_jpeg,
}
