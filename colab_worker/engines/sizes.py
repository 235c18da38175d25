"""The size that a model draws best for a frame of some shape."""

from __future__ import annotations

from colab_worker.engines.entry import Drawing

#: Models are trained on sizes that are multiples of a sixteenth of their side.
_PARTS = 16
#: No decoder takes sides that are no multiple of this.
_LEAST_MULTIPLE = 8


def native_size(drawing: Drawing, width: int, height: int) -> tuple[int, int]:
    """The size near the model's native area whose shape is most like the frame's."""
    side = drawing.side
    step = drawing.multiple or max(_LEAST_MULTIPLE, side // _PARTS)
    most = drawing.most_pixels
    area = min(side * side, most or side * side)
    shape = width / height

    def cost(size: tuple[int, int]) -> float:
        across, down = size
        return abs(across * down / area - 1) + abs(across / down / shape - 1)

    rows = range(step, 2 * side + 1, step)
    sizes = ((max(step, round(row * shape / step) * step), row) for row in rows)
    fitting = (size for size in sizes if most is None or size[0] * size[1] <= most)
    return min(fitting, key=cost)
