"""The child that makes thumbnails: it alone decodes pictures that strangers made.

Paths come in as lines of JSON; for each, the name of a file in the folder of its argument goes
out, or an empty line when there is no picture that could be shown.
"""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

from PIL import Image, ImageOps

from colab_worker.models.covers import cover_bytes

#: Longest side in pixels.
SIDE = 256
#: Far more than a preview has; what claims more is not decoded.
MAX_PIXELS = 40_000_000
_FORMATS = ("PNG", "JPEG", "WEBP")
_QUALITY = 80


def main(out: Path) -> None:
    """Answers line by line, so that whoever waits knows which picture ended us."""
    for number, line in enumerate(sys.stdin):
        webp = shrink(Path(json.loads(line)))
        name = f"{number}.webp" if webp else ""
        if webp:
            (out / name).write_bytes(webp)
        sys.stdout.write(f"{name}\n")
        sys.stdout.flush()


def shrink(path: Path) -> bytes | None:
    """The picture that ``path`` is or holds, small, as WebP without metadata."""
    try:
        found = cover_bytes(path)
        return _small(found) if found else None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as fault:
        sys.stderr.write(f"{path.name}: {fault}\n")
        return None


def _small(content: bytes) -> bytes:
    # Decoders are chosen by the bytes; a file's name says nothing.
    with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
        if opened.width * opened.height > MAX_PIXELS:
            raise ValueError(f"{opened.width}x{opened.height} pixels are too many")
        opened.draft("RGB", (SIDE, SIDE))
        upright = ImageOps.exif_transpose(opened)
        upright.thumbnail((SIDE, SIDE))
        picture = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    picture.info.clear()
    file = io.BytesIO()
    picture.save(file, "WEBP", quality=_QUALITY, method=4)
    return file.getvalue()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
