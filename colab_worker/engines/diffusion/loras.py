"""LoRAs put on and taken off: several at once, and nothing left for the next picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from colab_worker.engines.base import BadInput, EngineError, LoraUse
from colab_worker.engines.cuda import is_fatal, is_out_of_memory
from colab_worker.engines.diffusion.identity import Rebuild


class Wardrobe:
    """The LoRAs that a pipeline wears now; those of one picture stay for its like."""

    def __init__(
        self, pipe: Any, folder: Path, rebuild: Rebuild, whole: Any = None
    ) -> None:
        self._pipe = pipe
        self._folder = folder
        self._rebuild = rebuild
        #: Of a network kept in 8 bits, the precision in which it works.
        self._whole = whole
        self._worn: tuple[str, ...] = ()

    def wear(self, uses: tuple[LoraUse, ...]) -> None:
        """Exactly these, with their weights; raises BadInput or EngineError."""
        wanted = tuple(_adapter(use) for use in uses)
        if wanted != self._worn:
            self._rebuild(lambda: self._change(uses))
            self._worn = wanted
        if uses:
            self._pipe.set_adapters(list(wanted), [use.weight for use in uses])

    def _change(self, uses: tuple[LoraUse, ...]) -> None:
        """All or none: half a wardrobe would show in the next picture."""
        self._undress()
        try:
            for use in uses:
                self._put_on(use)
        except BaseException:
            self._undress()
            raise

    def _undress(self) -> None:
        self._worn = ()
        self._pipe.unload_lora_weights()

    def _put_on(self, use: LoraUse) -> None:
        file = self._folder / f"{use.name}.safetensors"
        if not file.is_file():
            raise EngineError(f"the LoRA {use.name} is gone", "put its file back")
        try:
            self._pipe.load_lora_weights(
                str(file.parent), weight_name=file.name, adapter_name=_adapter(use)
            )
        except (ValueError, RuntimeError, LookupError) as error:
            if is_out_of_memory(error) or is_fatal(error):
                raise
            raise BadInput(
                f"the LoRA {use.name} does not fit this model: "
                f"{str(error).strip().splitlines()[0][:200]}"
            ) from error
        if _adapter(use) not in adapters(self._pipe):  # the library only warns
            raise BadInput(
                f"the LoRA {use.name} does not fit this model: none of its layers does"
            )
        if self._whole is not None:
            _widen(self._pipe, file, _adapter(use), self._whole)


def adapters(pipe: Any) -> set[str]:
    """The names of the adapters that reached the network which draws.

    One of another family may still find a text encoder that it fits.
    """
    found = pipe.get_list_adapters()
    return {*found.get("unet", ()), *found.get("transformer", ())}


def _widen(pipe: Any, file: Path, adapter: str, dtype: Any) -> None:
    """Puts a LoRA's own numbers in place of those that were rounded to 8 bits.

    They are small, so most would be 0; what a LoRA weighs is nothing beside the model.
    """
    import torch

    state = pipe.lora_state_dict(str(file.parent), weight_name=file.name)
    for name, value in state.items():
        part, _, end = name.partition(".")
        path, _, half = end.rpartition(".lora_")
        if part == "transformer" and half in ("A.weight", "B.weight"):
            layer = getattr(getattr(pipe, part).get_submodule(path), f"lora_{half[0]}")
            whole = value.to(layer[adapter].weight.device, dtype)
            layer[adapter].weight = torch.nn.Parameter(whole, requires_grad=False)


def _adapter(use: LoraUse) -> str:
    return f"lora_{use.fingerprint}"
