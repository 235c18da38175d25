"""What a music file may be: told from its first bytes, whatever it is called."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from shared_protocol.wire import Sha256, View, Wire

#: An hour at 224 kbit/s.
MAX_MUSIC_BYTES = 100 << 20
#: So many bytes are enough to tell the format.
HEAD_BYTES = 12


class Music(Wire):
    """The user's music under the narration: looped, faded, turned down for the voice."""

    #: Of the file's bytes: wav, mp3, flac or ogg.
    sha256: Sha256
    #: Percent of the narration's loudness, before it gives way to the voice.
    volume: Annotated[float, Field(ge=1, le=100)] = 30.0


class MusicStored(View):
    """Reply (201) of ``POST /api/music``; ``sha256`` is what an order names."""

    sha256: Sha256
    bytes: int
    format: str


def music_format(head: bytes) -> str | None:
    """``wav``, ``mp3``, ``flac`` or ``ogg`` by the first ``HEAD_BYTES``; else None."""
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "wav"
    if head[:4] == b"fLaC":
        return "flac"
    if head[:4] == b"OggS":
        return "ogg"
    return "mp3" if head[:3] == b"ID3" or _is_mpeg_frame(head) else None


def _is_mpeg_frame(head: bytes) -> bool:
    """Eleven bits of sync, then a version and a layer that exist."""
    if len(head) < 2 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    return head[1] & 0x18 != 0x08 and head[1] & 0x06 != 0
