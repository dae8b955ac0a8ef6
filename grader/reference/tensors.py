"""Tasks 2.2 and 3.2: what tensors hold in memory, and what they share."""

from __future__ import annotations

import torch


def element_bytes(tensor: torch.Tensor) -> int:
    """Bytes of the elements of a tensor, each counted once for each index. (Task 2.2.)

    For a sparse tensor in COO or CSR layout, they are those of its parts: indices and values.

    >>> element_bytes(torch.zeros(3, 4)), element_bytes(torch.zeros(1).expand(100))
    (48, 400)
    >>> element_bytes(torch.eye(3).to_sparse())  # 2 by 3 indices of 8 bytes, 3 values of 4
    60
    """
    return sum(part.numel() * part.element_size() for part in _parts(tensor))


def held_bytes(tensors: list[torch.Tensor]) -> int:
    """Bytes of memory that some tensors keep from being freed: each storage as a whole, and once. (Task 2.2.)

    A tensor on the device "meta" has no memory.

    >>> x = torch.zeros(3, 4)
    >>> held_bytes([x, x.t(), x[0]]), held_bytes([x[0]]), held_bytes([torch.zeros(9, device="meta")])
    (48, 48, 0)
    """
    parts = [part for tensor in tensors for part in _parts(tensor) if part.device.type != "meta"]
    storages = {part.untyped_storage()._cdata: part.untyped_storage() for part in parts}
    return sum(storage.nbytes() for storage in storages.values())


def shares_storage(a: torch.Tensor, b: torch.Tensor) -> bool:
    """Whether two strided tensors are views of one storage, even of parts that don't overlap. (Task 3.2.)

    >>> x = torch.zeros(4)
    >>> shares_storage(x[:2], x[2:]), shares_storage(x, x.clone()), shares_storage(torch.empty(0), torch.empty(0))
    (True, False, False)
    """
    return bool(a.untyped_storage()._cdata == b.untyped_storage()._cdata)


def shares_element(a: torch.Tensor, b: torch.Tensor) -> bool:
    """Whether some byte of memory belongs to an element of both. (Task 3.2.)

    Then a write to one can show in the other.

    >>> x = torch.zeros(6)
    >>> shares_element(x[:4], x[2:]), shares_element(x[::2], x[1::2]), shares_element(x, x[:0])
    (True, False, False)
    """
    return shares_storage(a, b) and not _element_bytes_at(a).isdisjoint(_element_bytes_at(b))


def _parts(tensor: torch.Tensor) -> list[torch.Tensor]:
    """The strided tensors that a tensor is made of."""
    if tensor.layout == torch.sparse_coo:
        return [tensor._indices(), tensor._values()]
    if tensor.layout == torch.sparse_csr:
        return [tensor.crow_indices(), tensor.col_indices(), tensor.values()]
    return [tensor]


def _element_bytes_at(tensor: torch.Tensor) -> set[int]:
    """Positions in the storage, in bytes, of all bytes of all elements."""
    starts = {int(tensor.storage_offset())}
    for size, stride in zip(tensor.shape, tensor.stride(), strict=True):
        starts = {start + n * stride for start in starts for n in range(size)}
    each = tensor.element_size()
    return {start * each + n for start in starts for n in range(each)}
