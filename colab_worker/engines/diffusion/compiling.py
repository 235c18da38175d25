"""The network that draws, compiled for pictures that ask for it."""

from __future__ import annotations

from typing import Any

#: A film's sizes are few; beyond this many the blocks are run as they are.
_MOST_SHAPES = 16


class Compiling:
    """Compiles the repeated blocks of one network, and gives them back as they were.

    Only these blocks: they hold nearly all the work, and as they are alike they are
    compiled once, in a fraction of the time that the whole network takes (PyTorch's
    recipe "Reducing torch.compile cold start compilation time with regional
    compilation").
    """

    def __init__(self, network: Any) -> None:
        self._network = network
        self._on = False

    def set(self, *, on: bool) -> None:
        """Compiled code rounds otherwise, so a picture asks for it in its key."""
        if on == self._on:
            return
        if on:
            import torch

            torch._dynamo.config.recompile_limit = _MOST_SHAPES
            self._network.compile_repeated_blocks()
        else:
            for part in self._network.modules():
                part._compiled_call_impl = None
        self._on = on
