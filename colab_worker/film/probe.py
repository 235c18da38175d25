"""Reads the boxes of an mp4 file: how long, how large, and whether it is whole.

Box layouts are those of ISO/IEC 14496-12 and 14496-15. Only the index is read, never
the sound or the pictures, so an hour of film takes a few milliseconds.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

#: A larger index than this belongs to no film of ours.
MAX_INDEX_BYTES = 64 << 20

_FILE_BOXES = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"udta", b"uuid"}


@dataclass(frozen=True)
class Probe:
    """What an mp4 file says of itself; durations in seconds, sizes in pixels."""

    duration_s: float
    frames: int
    width: int
    height: int
    has_audio: bool
    #: Length of the sound that is played, without the encoder's run-up.
    audio_s: float
    #: The index stands before the data, so that playing can begin at once.
    faststart: bool
    #: The video decoder's set-up (avcC); clips can be joined when these are equal.
    decoder: bytes
    bytes: int


class _Box(NamedTuple):
    kind: bytes
    body: memoryview


class _Place(NamedTuple):
    kind: bytes
    start: int
    header: int
    size: int


class _Track(NamedTuple):
    handler: bytes
    duration_s: float
    samples: int
    entry: memoryview


def probe(path: Path) -> Probe:
    """Reads ``path``; ValueError if it is no mp4, cut off, or without video."""
    with _reading(path) as (index, places):
        return _described(index, places, path.stat().st_size)


def audio_length_s(path: Path) -> float:
    """Seconds of sound that an mp4 without pictures plays; ValueError as above."""
    with _reading(path) as (index, _):
        sound = _tracks(list(_boxes(index))).get(b"soun")
        if sound is None or sound.samples == 0:
            raise ValueError("it has no sound.")
        return sound.duration_s


@contextmanager
def _reading(path: Path) -> Iterator[tuple[memoryview, dict[bytes, _Place]]]:
    """The index of a file and where its boxes are; one kind of error for all faults."""
    try:
        with path.open("rb") as file:
            found = _places(file, path.stat().st_size)
            places = {place.kind: place for place in reversed(found)}
            index = _index(file, places)
        yield index, places
    except (struct.error, IndexError, KeyError) as error:
        raise ValueError(f"{path.name} is not a whole mp4 file.") from error
    except ValueError as error:
        raise ValueError(f"{path.name} is not a whole mp4 file: {error}") from error


def _places(file: BinaryIO, size: int) -> list[_Place]:
    places, start = [], 0
    while start < size:
        file.seek(start)
        length, kind = struct.unpack(">I4s", file.read(8))
        header = 8
        if length == 1:
            (length,), header = struct.unpack(">Q", file.read(8)), 16
        elif length == 0:
            length = size - start
        if kind not in _FILE_BOXES or length < header:
            raise ValueError("it has a box that does not belong there.")
        if start + length > size:
            raise ValueError("it is cut off.")
        places.append(_Place(kind, start, header, length))
        start += length
    return places


def _index(file: BinaryIO, places: dict[bytes, _Place]) -> memoryview:
    if not {b"ftyp", b"moov", b"mdat"} <= places.keys():
        raise ValueError("its index or its data is missing.")
    place = places[b"moov"]
    if place.size > MAX_INDEX_BYTES:
        raise ValueError("its index is larger than any film needs.")
    file.seek(place.start + place.header)
    return memoryview(file.read(place.size - place.header))


def _described(index: memoryview, places: dict[bytes, _Place], size: int) -> Probe:
    boxes = list(_boxes(index))
    movie_scale, duration = _times(_body(boxes, b"mvhd"))
    tracks = _tracks(boxes)
    video, sound = tracks.get(b"vide"), tracks.get(b"soun")
    if video is None or video.samples == 0:
        raise ValueError("it has no video.")
    width, height = struct.unpack(">HH", video.entry[24:28])
    return Probe(
        duration_s=duration / movie_scale,
        frames=video.samples,
        width=width,
        height=height,
        has_audio=sound is not None and sound.samples > 0,
        audio_s=sound.duration_s if sound else 0.0,
        faststart=places[b"moov"].start < places[b"mdat"].start,
        decoder=bytes(_body(list(_boxes(video.entry[78:])), b"avcC")),
        bytes=size,
    )


def _tracks(boxes: list[_Box]) -> dict[bytes, _Track]:
    """The first track of each kind."""
    movie_scale, _ = _times(_body(boxes, b"mvhd"))
    found = [_track(box.body, movie_scale) for box in boxes if box.kind == b"trak"]
    return {track.handler: track for track in reversed(found)}


def _track(body: memoryview, movie_scale: int) -> _Track:
    boxes = list(_boxes(body))
    media = list(_boxes(_body(boxes, b"mdia")))
    scale, duration = _times(_body(media, b"mdhd"))
    tables = list(_boxes(_body(list(_boxes(_body(media, b"minf"))), b"stbl")))
    _, samples = struct.unpack(">II", _body(tables, b"stsz")[4:12])
    timed = sum(count for count, _ in _pairs(_body(tables, b"stts")))
    if timed != samples:
        raise ValueError("its times do not match its frames.")
    entry = next(_boxes(_body(tables, b"stsd")[8:]), _Box(b"", memoryview(b""))).body
    played = _edited(boxes, movie_scale) or duration / scale
    handler = bytes(_body(media, b"hdlr")[8:12])
    return _Track(handler, played, samples, entry)


def _edited(boxes: list[_Box], movie_scale: int) -> float:
    """Seconds that the track's edit list plays; 0 without one."""
    edits = next((box.body for box in boxes if box.kind == b"edts"), None)
    if edits is None:
        return 0.0
    table = _body(list(_boxes(edits)), b"elst")
    wide = table[0] == 1
    (count,) = struct.unpack(">I", table[4:8])
    entry = ">QqI" if wide else ">IiI"
    step = struct.calcsize(entry)
    played = 0
    for length, start, _ in struct.iter_unpack(entry, table[8 : 8 + step * count]):
        played += int(length) if start >= 0 else 0
    return played / movie_scale


def _times(body: memoryview) -> tuple[int, int]:
    """Units a second and length in units, from an mvhd or mdhd box."""
    layout = ">IQ" if body[0] == 1 else ">II"
    start = 20 if body[0] == 1 else 12
    scale, duration = struct.unpack_from(layout, body, start)
    if scale == 0:
        raise ValueError("its clock has no speed.")
    return scale, duration


def _pairs(table: memoryview) -> Iterator[tuple[int, int]]:
    (count,) = struct.unpack(">I", table[4:8])
    for first, second in struct.iter_unpack(">II", table[8 : 8 + 8 * count]):
        yield int(first), int(second)


def _body(boxes: list[_Box], kind: bytes) -> memoryview:
    for box in boxes:
        if box.kind == kind:
            return box.body
    raise ValueError(f"its {kind.decode()} box is missing.")


def _boxes(body: memoryview) -> Iterator[_Box]:
    start = 0
    while start + 8 <= len(body):
        length, kind = struct.unpack(">I4s", body[start : start + 8])
        if length < 8 or start + length > len(body):
            raise ValueError("a box of its index is cut off.")
        yield _Box(bytes(kind), body[start + 8 : start + length])
        start += length
