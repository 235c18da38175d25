"""Tensors that say ``cuda`` and are calculated with on the CPU; see ``pretended``."""

from __future__ import annotations

import weakref
from typing import Any

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten, tree_map

CUDA, CPU = torch.device("cuda", 0), torch.device("cpu")
TOTAL_BYTES = 64 << 30
#: Operations between devices.
_CROSSING = ("aten::to", "aten::_to_copy", "aten::copy_")
#: CUDA takes indices from the host.
_INDEXING = ("aten::index", "aten::index_put_", "aten::_index_put_impl_")


class Ledger:
    """Bytes that live on the device."""

    def __init__(self) -> None:
        self.now = self.peak = 0
        self.limit = TOTAL_BYTES
        self._known: dict[int, int] = {}

    def enter(self, tensor: torch.Tensor) -> None:
        """Counts the memory of a tensor until it is freed; raises OutOfMemoryError."""
        storage = tensor.untyped_storage()
        key, size = storage._cdata, storage.nbytes()
        if key in self._known:
            return
        if self.now + size > self.limit:
            raise torch.OutOfMemoryError(f"CUDA out of memory: {size} bytes wanted")
        self._known[key] = size
        self.now += size
        self.peak = max(self.peak, self.now)
        weakref.finalize(storage, self._leave, key)

    def forget_peak(self, *_: Any) -> None:
        """Begins to count the peak anew."""
        self.peak = self.now

    def _leave(self, key: int) -> None:
        self.now -= self._known.pop(key)


LEDGER = Ledger()


class Pretended(torch.Tensor):
    """A tensor on the device; ``inner`` holds its numbers."""

    inner: torch.Tensor

    @staticmethod
    def __new__(cls, data: Any, requires_grad: bool = False) -> Any:
        """As libraries call the class of a parameter to make another."""
        if not isinstance(data, Pretended):
            return torch.nn.Parameter(data, requires_grad)
        made = there(data.inner, requires_grad)
        made._is_param = True
        return made

    def data_ptr(self) -> int:
        """Where the numbers are."""
        return self.inner.data_ptr()

    def numpy(self, **_: Any) -> Any:
        """Refused, as by CUDA."""
        raise TypeError("can't convert cuda:0 device type tensor to numpy")

    __array__ = numpy

    @classmethod
    def __torch_dispatch__(
        cls, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        return _run(func, args, kwargs or {})


def there(inner: torch.Tensor, requires_grad: bool = False) -> Any:
    """A tensor of the device with the numbers of ``inner``."""
    LEDGER.enter(inner)
    with torch.inference_mode(False):
        made = torch.Tensor._make_wrapper_subclass(
            Pretended, inner.size(), strides=inner.stride(),
            storage_offset=inner.storage_offset(), dtype=inner.dtype, device=CUDA,
            requires_grad=requires_grad,
        )  # fmt: skip
    made.inner = inner.detach() if inner.requires_grad else inner
    return made


class Operations(TorchDispatchMode):
    """Operations that make tensors on the device out of nothing."""

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        return _run(func, args, kwargs or {})


class Functions(TorchFunctionMode):
    """What torch does with a device before any operation is run."""

    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        first = args[0] if args else None
        if func is torch._has_compatible_shallow_copy_type:
            return not any(isinstance(item, Pretended) for item in args)
        if isinstance(first, Pretended):
            if func is torch.Tensor.__getitem__:
                return there(first.inner[_bare(args[1])])
            if func is torch.Tensor.tolist:
                return first.inner.tolist()
            if func is torch.Tensor.__setitem__:
                first.inner[_bare(args[1])] = _bare(args[2])
                return None
            if func is torch.nn.functional.scaled_dot_product_attention:
                _require_one_device(func, tree_flatten((args, kwargs))[0])
                return there(func(*_bare(args), **_bare(kwargs)))
        if func in (torch.tensor, torch.as_tensor) and _is_cuda(kwargs.get("device")):
            return func(*args, **kwargs | {"device": CPU}).to(CUDA)
        if func is torch.Tensor.cuda:
            return first.to(CUDA)
        if func is torch.Tensor.to and len(args) > 1 and type(args[1]) is int:
            args = (first, CUDA, *args[2:])
        if func is torch.Tensor.to or "device" in kwargs:
            args = tuple(CUDA if _is_cuda(item) else item for item in args)
            kwargs = {k: CUDA if _is_cuda(v) else v for k, v in kwargs.items()}
        return func(*args, **kwargs)


def _run(func: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """One operation, its results on the device that they belong on."""
    name = func._schema.name
    flat, _ = tree_flatten((args, kwargs))
    on_it = [item for item in flat if isinstance(item, Pretended)]
    devices = [item for item in flat if isinstance(item, torch.device)]
    stays = _is_cuda(devices[0]) if devices else bool(on_it)
    if not on_it and not stays:
        return func(*args, **kwargs)
    if name not in _CROSSING:
        _require_one_device(func, flat, allowed=name in _INDEXING)
    generator = kwargs.get("generator")
    if generator is not None and generator.device.type != "cuda":
        raise RuntimeError("Expected a 'cuda' device type for generator, found 'cpu'")
    told = func(*_bare(args), **_bare(kwargs))
    if name == "aten::copy_":
        return args[0]
    same = {id(item.inner): item for item in on_it}

    def back(item: Any) -> Any:
        if not stays or not isinstance(item, torch.Tensor) or item.is_meta:
            return item
        return same[id(item)] if id(item) in same else there(item)

    return tree_map(back, told)


def _require_one_device(func: Any, flat: list[Any], allowed: bool = False) -> None:
    """Numbers without a dimension may come from the host."""
    tensors = [item for item in flat if isinstance(item, torch.Tensor)]
    on_it = [isinstance(item, Pretended) for item in tensors]
    hosts = [
        t for t, is_on in zip(tensors, on_it, strict=True) if not is_on and t.dim()
    ]
    if any(on_it) and any(not host.is_meta for host in hosts) and not allowed:
        raise RuntimeError(
            "Expected all tensors to be on the same device, but found at least two "
            f"devices, cuda:0 and cpu, in {func}"
        )


def _bare(tree: Any) -> Any:
    def one(item: Any) -> Any:
        if isinstance(item, Pretended):
            return item.inner
        return CPU if isinstance(item, torch.device) and _is_cuda(item) else item

    return tree_map(one, tree)


def _is_cuda(device: Any) -> bool:
    if isinstance(device, str):
        return device.partition(":")[0] == "cuda"
    return isinstance(device, torch.device) and device.type == "cuda"
