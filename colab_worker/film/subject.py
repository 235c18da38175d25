"""Where to crop a picture, so that what is interesting in it stays.

What differs in colour from the picture's edges (as in the background cue of Zhang et
al., "Minimum Barrier Salient Object Detection at 80 FPS", ICCV 2015) and from what is
around it, and has detail, is taken for the subject, and more so what may be skin. The weights were fitted on
photographs whose subject is known; the results change little with any one of them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

#: A crop that keeps this share of the picture is taken from its middle.
ALMOST_ALL = 0.92
#: The longer side of the copy that is looked at, in pixels.
_SMALL_PX = 96
#: What counts as a full difference: from the edges in standard deviations, from around
#: in units of L*a*b*, and the slope of brightness nearby and wide around.
_FROM_EDGES, _FROM_AROUND, _DETAIL, _DETAIL_WIDE = 14.0, 55.0, 15.0, 12.0
_DETAIL_WEIGHT, _SKIN_WEIGHT = 0.07, 0.8
#: Skin of any darkness in a* and b*, and how far it strays; darker than this is shade.
_SKIN, _SKIN_SPREAD, _SHADE = (15.0, 18.0), (7.0, 8.0), (20.0, 40.0)
#: What a picture has everywhere is no subject: so many times its 13th percentile.
_COMMON, _COMMON_PERCENTILE = 2.5, 13
#: How much more the top of a picture counts than its middle, as heads are at the top,
#: where interest varies by this share from top to bottom.
_HEADS, _UNEVEN = 0.9, 0.3
#: Strength below which a picture counts as flat.
_FAINT = 0.007
#: What lies at the crop's border counts so much; full weight begins so far inside.
_BORDER_WEIGHT, _BORDER = 0.15, 0.275
#: What the farthest crop must gain over the middle, and what any must to go all the way.
_FAR_COST, _SURE_GAIN = 0.055, 0.077

Map = npt.NDArray[np.float64]


def crop_corner(picture: Image.Image, width: int, height: int) -> tuple[int, int]:
    """Left and top of the ``width`` x ``height`` part to keep of an RGB ``picture``.

    The part must be as wide or as high as the picture. It is the middle where nothing
    stands out, or almost everything is kept.
    """
    spare_x, spare_y = picture.width - width, picture.height - height
    kept = (width * height) / (picture.width * picture.height)
    if kept >= ALMOST_ALL:
        return spare_x // 2, spare_y // 2
    interest = _interest(picture)
    if spare_x:
        return round(_place(interest.mean(0), width / picture.width) * spare_x), 0
    down = interest.mean(1)
    heads = _HEADS * min(1.0, _unevenness(down) / _UNEVEN)
    down *= 1 + heads * (1 - 2 * (np.arange(len(down)) + 0.5) / len(down))
    return 0, round(_place(down, height / picture.height) * spare_y)


def _unevenness(row: Map) -> float:
    """How much a row varies over more than an eighth of its length, in shares."""
    size = max(1, len(row) // 8)
    smooth = np.convolve(row, np.full(size, 1 / size), "valid")
    mean = float(smooth.mean())
    return float(smooth.std()) / mean if mean > 0 else 0.0


def _place(strength: Map, share: float) -> float:
    """Which part of a row to keep, as the share of the way that it could move."""
    count = len(strength)
    size = min(count, max(1, round(count * share)))
    way = count - size
    if not way:
        return 0.5
    strength = strength / (strength.sum() + _FAINT * count)
    inside = (1 - np.abs(np.linspace(-1, 1, size))) / _BORDER
    weights = _BORDER_WEIGHT + (1 - _BORDER_WEIGHT) * np.clip(inside, 0, 1)
    far = (2 * np.arange(way + 1) / way - 1) ** 2
    worth = np.correlate(strength, weights, "valid") - _FAR_COST * far
    best = int(worth.argmax())
    sure = min((worth[best] - worth[way // 2]) / _SURE_GAIN, 1.0)
    return 0.5 + (best / way - 0.5) * float(sure)


def _interest(picture: Image.Image) -> Map:
    """How interesting each part of a small copy is, from 0."""
    scale = _SMALL_PX / max(picture.size)
    size = max(8, round(picture.width * scale)), max(8, round(picture.height * scale))
    colours = _lab(np.asarray(picture.resize(size, Image.Resampling.BOX)) / 255)
    across = min(size)
    slope = np.hypot(*np.gradient(colours[..., 0]))
    near, wide = _blurred(slope, across / 30), _blurred(slope, across / 10)
    strange = np.clip(_from_edges(colours) / _FROM_EDGES, 0, 1.1)
    apart = np.clip(_from_around(colours, across) / _FROM_AROUND, 0, 1.5)
    strange = strange * apart + _SKIN_WEIGHT * _skin(colours) * (apart + 0.2)
    strange += _DETAIL_WEIGHT * np.clip(near / _DETAIL, 0, 1.5)
    strange *= np.clip(wide / _DETAIL_WIDE, 0, 1)
    common = _COMMON * np.percentile(strange, _COMMON_PERCENTILE)
    return np.clip(strange - common, 0, None)


def _from_edges(colours: Map) -> Map:
    """Standard deviations from the colours of the four edges, the farthest left out.

    So a subject that reaches one edge still differs from the other three.
    """
    deep = max(2, min(colours.shape[:2]) // 10)
    edges = (colours[:deep], colours[-deep:], colours[:, :deep], colours[:, -deep:])
    far = []
    for edge in edges:
        samples = edge.reshape(-1, 3)
        spread = np.linalg.inv(np.cov(samples.T) + 25 * np.eye(3))
        off = colours - samples.mean(0)
        far.append(np.sqrt(np.einsum("...i,ij,...j", off, spread, off)))
    summed: Map = np.sum(far, axis=0) - np.max(far, axis=0)
    return summed / 3


def _from_around(colours: Map, across: int) -> Map:
    """Difference of each place from its surroundings, fine and coarse."""
    pairs = ((across / 24, across / 6), (across / 12, across / 3))
    parts = [_blurred(colours, near) - _blurred(colours, far) for near, far in pairs]
    found: Map = sum((np.linalg.norm(part, axis=2) for part in parts), np.zeros(()))
    return found


def _skin(colours: Map) -> Map:
    """How much each place has the colour of skin, 0 to 1; wood and bricks have it all over."""
    off = (colours[..., 1:] - _SKIN) / _SKIN_SPREAD
    shade, light = _SHADE
    lit = np.clip((colours[..., 0] - shade) / (light - shade), 0, 1)
    like: Map = np.exp(-(off**2).sum(2) / 2) * lit
    found: Map = np.clip(like - 2 * np.median(like), 0, None)
    return found


def _blurred(plane: Map, sigma: float) -> Map:
    """Gaussian blur along the first two axes."""
    reach = max(1, int(3 * sigma))
    weights = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * sigma**2))
    weights /= weights.sum()
    for axis in (0, 1):
        margin = [(reach, reach) if n == axis else (0, 0) for n in range(plane.ndim)]
        mode = "reflect" if plane.shape[axis] > reach else "edge"
        padded = np.moveaxis(np.pad(plane, margin, mode), axis, 0)  # type: ignore[call-overload]
        count = plane.shape[axis]
        summed = sum(w * padded[n : n + count] for n, w in enumerate(weights))
        plane = np.moveaxis(np.asarray(summed), 0, axis)
    return plane


def _lab(light: Map) -> Map:
    """CIE L*a*b* under D65 from sRGB of 0 to 1."""
    linear = np.where(light <= 0.04045, light / 12.92, ((light + 0.055) / 1.055) ** 2.4)
    x, y, z = (np.cbrt(linear @ np.array(row)) for row in _XYZ)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


#: X, Y, Z from linear red, green, blue, each a share of white's.
_XYZ = (
    (0.43395, 0.37621, 0.18984),
    (0.21267, 0.71515, 0.07218),
    (0.01776, 0.10947, 0.87277),
)
