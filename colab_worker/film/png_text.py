"""Words inside a PNG file: what a picture shows and how it was drawn."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from pathlib import Path

#: Signature and header; text may stand right behind them (PNG, third edition, 5.6).
_HEAD_BYTES = 33


def add_text(path: Path, texts: Mapping[str, str]) -> None:
    """Adds ``iTXt`` chunks by keyword; a file that is no PNG stays as it is."""
    data = path.read_bytes()
    if data[12:16] != b"IHDR":
        return  # whoever checks the picture says so
    chunks = b"".join(_chunk(keyword, text) for keyword, text in texts.items())
    path.write_bytes(data[:_HEAD_BYTES] + chunks + data[_HEAD_BYTES:])


def _chunk(keyword: str, text: str) -> bytes:
    """Not compressed, of no language, in UTF-8 (PNG, 11.3.3.4)."""
    body = b"iTXt" + keyword.encode("latin-1") + bytes(5) + text.encode()
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
