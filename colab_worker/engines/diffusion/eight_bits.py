"""A network in 8 bits, straight from the disk to where it draws.

Loaded whole it would take twice its room on the way, in the host's memory or the GPU's.
The library has no loader that rounds each tensor as it comes and keeps norms wide; so the
network is built without numbers, told how it will be kept, and filled tensor by tensor.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from colab_worker.engines.diffusion.quiet import import_diffusers
from colab_worker.models.weights import weight_files


def load_in_eight_bits(folder: Path, kind: str, dtype: Any, device: str) -> Any:
    """The network of class ``kind``: weights rest in fp8, each layer works in ``dtype``.

    Raises ValueError for files that are not the network's.
    """
    import torch
    from accelerate import init_empty_weights

    made = getattr(import_diffusers(), kind)
    with init_empty_weights():
        network = made.from_config(made.load_config(folder, local_files_only=True))
    network.to(dtype).eval()
    # Layers that are rounded, which the library knows, then have weights of 8 bits.
    network.enable_layerwise_casting(
        storage_dtype=torch.float8_e4m3fn, compute_dtype=dtype
    )
    for file in weight_files(folder):
        _fill(network, file, dtype, device)
    empty = [name for name, weight in network.named_parameters() if weight.is_meta]
    if empty:
        raise ValueError(f"{folder.name} lacks {empty[0]} and {len(empty) - 1} more")
    return network.requires_grad_(requires_grad=False)


def _fill(network: Any, file: Path, dtype: Any, device: str) -> None:
    from accelerate.utils import set_module_tensor_to_device
    from safetensors import safe_open

    wanted = network.state_dict()
    with safe_open(file, framework="pt", device=device) as tensors:
        for name in tensors.keys():  # noqa: SIM118 - it is no dictionary
            shape = tensors.get_slice(name).get_shape()
            if name not in wanted or [*wanted[name].shape] != [*shape]:
                raise ValueError(f"{file.name} does not belong to it: {name}")
            value = tensors.get_tensor(name).to(dtype).to(wanted[name].dtype)
            set_module_tensor_to_device(network, name, device, value=value)
