"""What a service sends as a picture, made the PNG that was asked for."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from colab_worker.engines.base import ImageRequest, ServiceFailed

MOST_BYTES = 64 << 20
#: What services send; decoders of other formats are never asked.
_FORMATS = ("PNG", "JPEG", "WEBP")
#: The last two are raised by decoders where bytes within a file are wrong.
_SPOILT = (
    UnidentifiedImageError,
    OSError,
    Image.DecompressionBombError,
    ValueError,
    SyntaxError,
)
#: A service may round a side; a picture of another shape is not what was asked for.
_SHAPE_TOLERANCE = 0.03


def write_png(content: bytes, request: ImageRequest, out: Path, label: str) -> None:
    """RGB of exactly the asked size; ServiceFailed for what is no such picture."""
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
            picture = _opaque(opened)
    except _SPOILT as error:
        raise ServiceFailed(
            f"what {label} sent is no picture ({len(content)} bytes)",
            "retry the job; it is asked, and paid for, anew",
        ) from error
    wanted = (request.width, request.height)
    if picture.size != wanted:
        shape = picture.width / picture.height * request.height / request.width
        if abs(shape - 1) > _SHAPE_TOLERANCE:
            raise ServiceFailed(
                f"{label} drew {picture.width}x{picture.height} in place of "
                f"{request.width}x{request.height}",
                "choose another engine",
            )
        picture = picture.resize(wanted, Image.Resampling.LANCZOS)
    picture.save(out, "PNG", compress_level=4)


def _opaque(opened: Image.Image) -> Image.Image:
    """On white, as what lies under transparency was never meant to be seen."""
    if not opened.has_transparency_data:
        return opened.convert("RGB")
    above = opened.convert("RGBA")
    white = Image.new("RGBA", above.size, "white")
    return Image.alpha_composite(white, above).convert("RGB")
