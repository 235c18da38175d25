"""The sheet of paper that layers are cut for: masks, shadows, rims, outlines."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from colab_worker.engines.papercut.colour import BLACK, WHITE, Colour, octets
from colab_worker.engines.papercut.geometry import Points

Box = tuple[int, int, int, int]

#: Side of the squares that a sheet is pasted in, in pixels: what a square costs to look
#: at outweighs what smaller ones would leave out.
_TILE = 360
#: A mask where a sheet covers all below it.
_SOLID = 255
#: Sheets that let more through than this get no outline.
_FAINT = 0.6
#: Outlines up to this width (pixels of a mask) need no rounded corners.
_THIN = 8
#: Radians; along softer turns the edges of a line meet without a gap that shows.
_SHARP_TURN = 0.5

#: Bends the polygons of a layer before they are cut (brushes, facets).
Bend = Callable[[Sequence[Points], float], list[Points]]


@dataclass(frozen=True)
class Fill:
    """A colour, or a gradient from ``top`` at height ``y0`` to ``bottom`` at ``y1``."""

    top: Colour
    bottom: Colour | None = None
    y0: float = 0.0
    y1: float = 1.0


@dataclass(frozen=True)
class Paper:
    """How a style cuts and stacks its paper; lengths are shares of the unit."""

    shadow: float = 0.42
    shadow_size: float = 0.014
    rim: float = 0.35
    rim_size: float = 0.0018
    outline: Colour | None = None
    outline_size: float = 0.0
    bend: Bend | None = None
    #: Rounded, clay-like shading inside every layer (0: flat paper).
    bevel: float = 0.0


@dataclass
class Canvas:
    """The picture in the making; (0, 0) is its upper left corner, in pixels."""

    width: int
    height: int
    paper: Paper
    #: Direction the light comes from, as a step in pixels' directions.
    light: tuple[float, float] = (0.0, -1.0)
    light_colour: Colour = WHITE
    image: Image.Image = field(init=False)

    def __post_init__(self) -> None:
        self.image = Image.new("RGB", (self.width, self.height))

    @property
    def unit(self) -> float:
        """The length that sizes are measured in: near the shorter side."""
        short, long = sorted((self.width, self.height))
        return float(short**0.72 * long**0.28)

    @property
    def fine(self) -> int:
        """Samples per pixel and direction along the edges of a mask."""
        return 2 if self.width * self.height >= 500_000 else 4

    def lay(
        self,
        shapes: Sequence[Points],
        fill: Fill,
        *,
        lift: float = 1.0,
        floor: float | None = None,
        alpha: float = 1.0,
        rim: float = 1.0,
        printed: bool = False,
    ) -> None:
        """Puts one sheet of paper, the union of ``shapes``, on the picture.

        ``lift`` scales its shadow and ``rim`` its lit edge; below ``floor`` (pixels)
        the sheet is known to be solid, which saves time. What is ``printed`` has no
        thickness that light could round off.
        """
        shapes = self._bent(shapes)
        box = self._bounds(shapes, lift, floor)
        if box is None:
            return
        mask = self.mask(shapes, box)
        if lift and self.paper.shadow:
            self._cast(mask, box, lift, alpha)
        if self.paper.outline is not None and alpha > _FAINT:
            self._trace(shapes, box, self.paper.outline)
        if alpha < 1:
            mask = mask.point(_scaled(alpha))
        self._paint(mask, box, fill)
        if self.paper.bevel and not printed:
            self._round_off(mask, box)
        if rim and self.paper.rim:
            self._light_edge(mask, box, rim)
        if floor is not None and box[3] < self.height:
            self._pour(box[3], fill)

    def shade(self, shapes: Sequence[Points], lift: float, alpha: float = 1.0) -> None:
        """Casts the shadow of a sheet on the picture, without the sheet."""
        shapes = self._bent(shapes)
        box = self._bounds(shapes, lift, None)
        if box is not None and lift and self.paper.shadow:
            self._cast(_drawn(shapes, box, 1), box, lift, alpha)

    def mask(self, shapes: Sequence[Points], box: Box) -> Image.Image:
        """The union of ``shapes`` within ``box``, with smooth edges."""
        return _drawn(shapes, box, self.fine).reduce(self.fine)

    def tint(self, mask: Image.Image, box: Box, colour: Image.Image | Colour) -> None:
        """Lets ``colour`` (or a picture of that size) shine through ``mask``, both of the size of ``box``."""
        self._stamp(colour, box, mask)

    def veil(self, mask: Image.Image, colour: Image.Image | Colour) -> None:
        """Lets ``colour`` (or a picture) shine through a mask of the whole picture."""
        self.tint(mask, (0, 0, self.width, self.height), colour)

    def dab(self, shapes: Sequence[Points], colour: Colour, alpha: float = 1.0) -> None:
        """Prints flat shapes on the topmost paper: no shadow, no edge."""
        self.lay(shapes, Fill(colour), lift=0, rim=0, alpha=alpha, printed=True)

    def scatter(
        self, shapes: Sequence[Points], colour: Colour, alpha: float = 1.0
    ) -> None:
        """Prints small shapes one by one: quicker than ``dab`` where they lie apart."""
        for shape in self._bent(shapes):
            box = self._bounds([shape], 0, None)
            if box is None:
                continue
            if self.paper.outline is not None and alpha > _FAINT:
                self._trace([shape], box, self.paper.outline)
            large = _drawn([shape], box, self.fine, round(_SOLID * alpha))
            self._stamp_tile(colour, box, large.reduce(self.fine), (0, 0))

    def glow(
        self, x: float, y: float, radius: float, colour: Colour, strength: float
    ) -> None:
        """Adds light around (x, y) that fades out at ``radius`` pixels."""
        self.glows([(x, y, radius)], colour, strength)

    def glows(
        self,
        lamps: Sequence[tuple[float, float, float]],
        colour: Colour,
        strength: float,
    ) -> None:
        """Adds the light of several lamps (x, y, radius) of one colour at once."""
        if not lamps:
            return
        at = np.array(lamps)
        low = (at[:, :2] - at[:, 2:]).min(axis=0)
        high = (at[:, :2] + at[:, 2:]).max(axis=0)
        box = clip((*low, *high), self.image.size)
        if box is None:
            return
        step = max(1, int(at[:, 2].min() / 48))
        xs = np.arange(box[0], box[2] + step, step, dtype=np.float32)
        ys = np.arange(box[1], box[3] + step, step, dtype=np.float32)
        dark = np.ones((len(ys), len(xs)), np.float32)
        for x, y, radius in at.astype(np.float32):
            across, down = (np.abs(axis - c) < radius for axis, c in ((xs, x), (ys, y)))
            near = np.ix_(down, across)
            squares = ((xs[across] - x)[None, :] ** 2, (ys[down] - y)[:, None] ** 2)
            fall = np.maximum(1 - np.sqrt(squares[0] + squares[1]) / radius, 0) ** 2.2
            dark[near] *= 1 - np.minimum(fall * strength, 1)
        soft = Image.fromarray((255 * (1 - dark)).astype(np.uint8))
        for part in _tiles(box):
            self._stamp_tile(colour, box, _grown(soft, part, step), part[:2])

    def _bent(self, shapes: Sequence[Points]) -> Sequence[Points]:
        bend = self.paper.bend
        return bend(shapes, self.unit) if bend and len(shapes) else shapes

    def _bounds(
        self, shapes: Sequence[Points], lift: float, floor: float | None
    ) -> Box | None:
        if not shapes:
            return None
        points = np.concatenate(shapes) if len(shapes) > 1 else shapes[0]
        (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
        pad = 2 + self.unit * max(
            2.2 * self.paper.shadow_size * lift, self.paper.outline_size
        )
        if floor is not None:
            y1 = min(y1, floor)
        return clip((x0 - pad, y0 - pad, x1 + pad, y1 + pad), self.image.size)

    def _cast(self, mask: Image.Image, box: Box, lift: float, alpha: float) -> None:
        """The shadow of a sheet, where the sheet (if not translucent) will not hide it."""
        radius = self.unit * self.paper.shadow_size * lift
        step = max(1, round(radius / 3))
        small = mask.reduce(step)
        drop = (round(-self.light[0] * radius / step / 2), round(0.25 * radius / step))
        moved = Image.new("L", small.size)
        moved.paste(small, drop)
        soft = moved.filter(ImageFilter.GaussianBlur(radius / step * 0.6))
        strength = self.paper.shadow * min(1.0, alpha + 0.1)
        soft = soft.point(_scaled(strength))
        for part in _tiles(box):
            if alpha < 1 or mask.crop(part).getextrema()[0] != _SOLID:
                self._stamp_tile(BLACK, box, _grown(soft, part, step), part[:2])

    def _trace(self, shapes: Sequence[Points], box: Box, ink: Colour) -> None:
        fine, (left, top, right, bottom) = self.fine, box
        large = Image.new("L", (fine * (right - left), fine * (bottom - top)))
        pen = ImageDraw.Draw(large)
        width = max(1, round(2 * fine * self.unit * self.paper.outline_size))
        for shape in shapes:
            moved = (np.concatenate([shape, shape[:2]]) - (left, top)) * fine
            pen.line(moved.ravel().tolist(), fill=255, width=width)
            for x, y in _sharp(moved) if width > _THIN else ():
                pen.circle((x, y), width / 2 - 0.5, fill=255)
        self.tint(large.reduce(fine), box, ink)

    def _paint(self, mask: Image.Image, box: Box, fill: Fill) -> None:
        flat = fill.bottom is None
        self._stamp(fill.top if flat else self._gradient(box, fill), box, mask)

    def _stamp(self, sheet: Image.Image | Colour, box: Box, mask: Image.Image) -> None:
        """Pastes tile by tile, and only where the mask lets something through."""
        for part in _tiles(box):
            self._stamp_tile(sheet, box, mask.crop(part), part[:2])

    def _stamp_tile(
        self,
        sheet: Image.Image | Colour,
        box: Box,
        tile: Image.Image,
        corner: tuple[int, int],
    ) -> None:
        seen = tile.getbbox()
        if seen is None:
            return
        if seen != (0, 0, *tile.size):
            tile = tile.crop(seen)
        x, y = corner[0] + seen[0], corner[1] + seen[1]
        paper = _cut(sheet, (x, y, x + tile.width, y + tile.height))
        solid = tile.getextrema()[0] == _SOLID
        self.image.paste(paper, (box[0] + x, box[1] + y), None if solid else tile)

    def _pour(self, top: int, fill: Fill) -> None:
        box = (0, top, self.width, self.height)
        self.image.paste(self._gradient(box, fill), box)

    def _gradient(self, box: Box, fill: Fill) -> Image.Image:
        rows = np.arange(box[1], box[3], dtype=float)
        share = np.clip((rows - fill.y0) / max(1e-6, fill.y1 - fill.y0), 0, 1)[:, None]
        bottom = fill.top if fill.bottom is None else fill.bottom
        column = np.array(fill.top) * (1 - share) + np.array(bottom) * share
        octet = np.clip(np.rint(255 * column), 0, 255).astype(np.uint8)[:, None]
        strip = Image.fromarray(octet)
        return strip.resize(
            (box[2] - box[0], box[3] - box[1]), Image.Resampling.NEAREST
        )

    def _round_off(self, mask: Image.Image, box: Box) -> None:
        """Darkens a sheet towards its edges, as if it were of clay."""
        radius = self.unit * 0.02
        step = max(1, round(radius / 4))
        soft = mask.reduce(step).filter(ImageFilter.GaussianBlur(radius / step))
        inner = soft.resize(mask.size, Image.Resampling.BILINEAR)
        self.tint(ImageChops.subtract(mask, inner, 1 / self.paper.bevel), box, BLACK)

    def _light_edge(self, mask: Image.Image, box: Box, rim: float) -> None:
        size = max(1.0, self.unit * self.paper.rim_size)
        dx, dy = self.light
        length = math.hypot(dx, dy) or 1.0
        moved = Image.new("L", mask.size, 255 if box[1] <= 0 else 0)
        moved.paste(mask, (round(-dx / length * size), round(-dy / length * size)))
        strength = min(1.0, self.paper.rim * rim)
        edge = ImageChops.subtract(mask, moved, 1 / strength)
        self.tint(edge, box, self.light_colour)


def _drawn(
    shapes: Sequence[Points], box: Box, fine: int, value: int = _SOLID
) -> Image.Image:
    """The union of ``shapes`` within ``box`` as ``value``, ``fine`` samples a pixel."""
    left, top, right, bottom = box
    large = Image.new("L", (fine * (right - left), fine * (bottom - top)))
    pen = ImageDraw.Draw(large)
    for shape in shapes:
        moved = (shape - (left, top)) * fine
        pen.polygon(moved.ravel().tolist(), fill=value)
    return large


def _tiles(box: Box) -> Iterator[Box]:
    """Squares that cover ``box``, counted from its upper left corner."""
    wide, high = box[2] - box[0], box[3] - box[1]
    for top in range(0, high, _TILE):
        for left in range(0, wide, _TILE):
            yield (left, top, min(left + _TILE, wide), min(top + _TILE, high))


def _grown(small: Image.Image, part: Box, step: int) -> Image.Image:
    """``part`` of a mask of which ``small`` has one sample each ``step`` pixels."""
    left, top, right, bottom = part
    near = (left // step - 1, top // step - 1, right // step + 2, bottom // step + 2)
    size = (right - left, bottom - top)
    if small.crop(near).getbbox() is None:
        return Image.new("L", size)
    source = (left / step, top / step, right / step, bottom / step)
    return small.resize(size, Image.Resampling.BILINEAR, box=source)


@functools.lru_cache(maxsize=1024)
def _scaled(share: float) -> list[int]:
    """The table that scales a mask."""
    return [round(share * value) for value in range(256)]


def _sharp(path: Points) -> list[list[float]]:
    """The corners of ``path`` between whose two edges an outline would show a gap."""
    steps = np.diff(path, axis=0)
    angles = np.arctan2(steps[:, 1], steps[:, 0])
    turns = np.abs(np.angle(np.exp(1j * np.diff(angles))))
    corners: list[list[float]] = path[1:-1][turns > _SHARP_TURN].tolist()
    return corners


def _cut(sheet: Image.Image | Colour, part: Box) -> Image.Image:
    if isinstance(sheet, Image.Image):
        return sheet.crop(part)
    size = (part[2] - part[0], part[3] - part[1])
    # Pasting a picture is twice as fast as pasting a colour (Pillow 13).
    return Image.new("RGB", size, octets(sheet))


def clip(box: tuple[float, float, float, float], size: tuple[int, int]) -> Box | None:
    """``box`` in whole pixels within a picture of ``size``; None when outside."""
    left, top = max(0, math.floor(box[0])), max(0, math.floor(box[1]))
    right, bottom = min(size[0], math.ceil(box[2])), min(size[1], math.ceil(box[3]))
    return (left, top, right, bottom) if left < right and top < bottom else None
