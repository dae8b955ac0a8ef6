"""Tensors on their way to a submission: dtype, raw storage, size, stride, offset and gradient.

Views cross as views: tensors of one call that share a storage share one on the other side, too. Nothing here
imports torch, which is there already when a check has made a tensor.
"""

from __future__ import annotations

import sys
from typing import Any

import cbor2

TENSOR, SPARSE = 40004, 40005
Storage = Any
"""A torch.UntypedStorage; torch is imported only by checks that make tensors."""


def is_tensor(value: object) -> bool:
    """Whether this is a tensor, without importing torch to find out."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def tagged(value: Any, storages: list[Storage]) -> Any:
    """The value with tensors, also those in lists, as tags that name a storage of `storages`, which grows.

    Raises:
        TypeError: a tensor has a layout that is neither strided nor sparse COO or CSR; the message names it.
    """
    if isinstance(value, list):
        return [tagged(item, storages) for item in value]
    if not is_tensor(value):
        return value
    layout = str(value.layout).removeprefix("torch.")
    if layout == "strided":
        return cbor2.CBORTag(TENSOR, _strided(value, storages))
    if layout == "sparse_coo":
        parts = [value._indices(), value._values()]
    elif layout == "sparse_csr":
        parts = [value.crow_indices(), value.col_indices(), value.values()]
    else:
        raise TypeError(f"tensors of layout {layout!r} don't cross to a submission")
    return cbor2.CBORTag(SPARSE, [layout, list(value.shape), [tagged(part, storages) for part in parts]])


def _strided(tensor: Any, storages: list[Storage]) -> list[Any]:
    storage = tensor.untyped_storage()
    known = [other._cdata for other in storages]
    if storage._cdata not in known:
        storages.append(storage)
        known.append(storage._cdata)
    dtype = str(tensor.dtype).removeprefix("torch.")
    where = list(tensor.shape), list(tensor.stride()), tensor.storage_offset()
    number = known.index(storage._cdata)
    grad = tagged(tensor.grad, storages) if tensor.is_leaf else None
    return [number, dtype, *where, tensor.requires_grad, grad]


def contents(storages: list[Storage]) -> list[list[Any]]:
    """Device, size in bytes and content of each storage; a meta storage has no content."""
    return [[storage.device.type, storage.nbytes(), _content(storage)] for storage in storages]


def _content(storage: Storage) -> bytes:
    if storage.device.type == "meta":
        return b""
    torch = sys.modules["torch"]
    return bytes(torch.empty(0, dtype=torch.uint8).set_(storage).numpy().tobytes())
