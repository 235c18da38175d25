"""What is being drawn, at an eighth of its size: latents taken for colours.

A latent is nearly a linear mixture of the colours of its eight by eight pixels. The
factors were fitted by @StAlKeR7779 for SDXL and by the ComfyUI project for FLUX; both
are those that InvokeAI shows its progress with (``step_callback.py``).
"""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

#: A glimpse every so many steps.
EVERY_STEPS = 4
_SDXL = (
    (0.3816, 0.4930, 0.5320),
    (-0.3753, 0.1631, 0.1739),
    (0.1770, 0.3588, -0.2048),
    (-0.4350, -0.2644, -0.4289),
)
_FLUX = (
    (-0.0346, 0.0244, 0.0681),
    (0.0034, 0.0210, 0.0687),
    (0.0275, -0.0668, -0.0433),
    (-0.0174, 0.0160, 0.0617),
    (0.0859, 0.0721, 0.0329),
    (0.0004, 0.0383, 0.0115),
    (0.0405, 0.0861, 0.0915),
    (-0.0236, -0.0185, -0.0259),
    (-0.0245, 0.0250, 0.1180),
    (0.1008, 0.0755, -0.0421),
    (-0.0515, 0.0201, 0.0011),
    (0.0428, -0.0012, -0.0036),
    (0.0817, 0.0765, 0.0749),
    (-0.1264, -0.0522, -0.1103),
    (-0.0280, -0.0881, -0.0499),
    (-0.1262, -0.0982, -0.0778),
)
#: By the number of channels: the colours of each, and of none.
_COLOURS = {4: (_SDXL, (0.0, 0.0, 0.0)), 16: (_FLUX, (-0.0329, -0.0718, -0.0851))}


def glimpse(latents: Any, across: int) -> bytes:
    """The first picture of ``latents`` as WebP.

    ``latents`` is (pictures, channels, rows, columns), or FLUX's (pictures, patches,
    4 x channels), whose patches of two by two lie ``across`` to a row. Channels that no
    colours are known for are shown as their mean, in grey.
    """
    import torch

    one = latents[0].detach().to("cpu", torch.float32)
    if one.dim() == 2:
        one = _unpacked(one, across)
    colours, base = _COLOURS.get(len(one), (((1 / len(one),) * 3,) * len(one), (0.0,)))
    rgb = torch.einsum("crk,cf->rkf", one, torch.tensor(colours)) + torch.tensor(base)
    rgb = rgb.nan_to_num().add(1).mul(127.5).clamp(0, 255).to(torch.uint8)
    file = io.BytesIO()
    Image.fromarray(rgb.numpy()).save(file, "WEBP", quality=60, method=0)
    return file.getvalue()


def _unpacked(patches: Any, across: int) -> Any:
    """Channels, rows, columns."""
    rows, channels = len(patches) // across, patches.shape[-1] // 4
    cells = patches.reshape(rows, across, channels, 2, 2)
    return cells.permute(2, 0, 3, 1, 4).reshape(channels, rows * 2, across * 2)
