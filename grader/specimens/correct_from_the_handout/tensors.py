"""Tasks 2.2 and 3.2: what tensors hold in memory, and what they share."""

from __future__ import annotations

import numpy as np

import torch


def _parts(tensor: torch.Tensor) -> list[torch.Tensor]:
    match tensor.layout:
        case torch.sparse_coo:
            return [tensor._indices(), tensor._values()]
        case torch.sparse_csr | torch.sparse_bsr:
            return [tensor.crow_indices(), tensor.col_indices(), tensor.values()]
        case torch.sparse_csc | torch.sparse_bsc:
            return [tensor.ccol_indices(), tensor.row_indices(), tensor.values()]
        case _:
            return [tensor]


def _byte_grid(tensor: torch.Tensor) -> tuple[int, list[tuple[int, int]]]:
    width = tensor.element_size()
    dims = sorted(
        (stride * width, size)
        for size, stride in zip(tensor.shape, tensor.stride(), strict=True)
        if size > 1 and stride
    )
    grid = [(width, 1)]
    for stride, size in dims:
        inner_size, inner_stride = grid[-1]
        steps, rest = divmod(stride, inner_stride)
        if rest == 0 and steps <= inner_size:
            grid[-1] = (inner_size + steps * (size - 1), inner_stride)
        else:
            grid.append((size, stride))
    return tensor.storage_offset() * width, grid


def element_bytes(tensor: torch.Tensor) -> int:
    return sum(part.numel() * part.element_size() for part in _parts(tensor))


def held_bytes(tensors: list[torch.Tensor]) -> int:
    storages = {}
    kept = []  # a storage's handle is its own only as long as the storage lives
    for tensor in tensors:
        for part in _parts(tensor):
            if part.device.type == "meta":
                continue
            storage = part.untyped_storage()
            kept.append(storage)
            storages[storage._cdata] = storage.nbytes()
    return sum(storages.values())


def shares_storage(a: torch.Tensor, b: torch.Tensor) -> bool:
    left, right = a.untyped_storage(), b.untyped_storage()
    return left._cdata == right._cdata


def shares_element(a: torch.Tensor, b: torch.Tensor) -> bool:
    if not (a.numel() and b.numel() and shares_storage(a, b)):
        return False
    starts, grids = zip(*map(_byte_grid, (a, b)), strict=True)
    ends = [
        start + 1 + sum((size - 1) * stride for size, stride in grid)
        for start, grid in zip(starts, grids, strict=True)
    ]
    low, high = max(starts), min(ends)
    if low >= high:
        return False
    if all(len(grid) == 1 and grid[0][1] == 1 for grid in grids):
        return True  # two ranges without gaps
    memory = np.zeros(max(ends), dtype=bool)

    def cells(start: int, grid: list[tuple[int, int]]) -> np.ndarray:
        sizes, strides = zip(*grid, strict=True)
        return np.lib.stride_tricks.as_strided(memory[start:], sizes, strides)

    cells(starts[0], grids[0])[...] = True
    return bool(cells(starts[1], grids[1]).any())
