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
    raise NotImplementedError("Task 2.2: element_bytes in assignment/tensors.py")


def held_bytes(tensors: list[torch.Tensor]) -> int:
    """Bytes of memory that some tensors keep from being freed: each storage as a whole, and once. (Task 2.2.)

    A tensor on the device "meta" has no memory.

    >>> x = torch.zeros(3, 4)
    >>> held_bytes([x, x.t(), x[0]]), held_bytes([x[0]]), held_bytes([torch.zeros(9, device="meta")])
    (48, 48, 0)
    """
    raise NotImplementedError("Task 2.2: held_bytes in assignment/tensors.py")


def shares_storage(a: torch.Tensor, b: torch.Tensor) -> bool:
    """Whether two strided tensors are views of one storage, even of parts that don't overlap. (Task 3.2.)

    >>> x = torch.zeros(4)
    >>> shares_storage(x[:2], x[2:]), shares_storage(x, x.clone()), shares_storage(torch.empty(0), torch.empty(0))
    (True, False, False)
    """
    raise NotImplementedError("Task 3.2: shares_storage in assignment/tensors.py")


def shares_element(a: torch.Tensor, b: torch.Tensor) -> bool:
    """Whether some byte of memory belongs to an element of both. (Task 3.2.)

    Then a write to one can show in the other.

    >>> x = torch.zeros(6)
    >>> shares_element(x[:4], x[2:]), shares_element(x[::2], x[1::2]), shares_element(x, x[:0])
    (True, False, False)
    """
    raise NotImplementedError("Task 3.2: shares_element in assignment/tensors.py")
