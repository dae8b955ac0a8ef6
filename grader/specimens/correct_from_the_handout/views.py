"""Tasks 3.1, 3.3, 3.4 and 3.5: where the elements of a view are, and when a copy is made."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate
from math import prod
from operator import mul
from typing import Any, NamedTuple


class _View(NamedTuple):
    shape: list[int]
    strides: list[int]


def _complete(elements: int, target: list[int]) -> list[int]:
    known = prod(size for size in target if size != -1)
    holes = target.count(-1)
    if holes > 1 or any(size < -1 for size in target):
        raise ValueError(f"the target {target!r} has sizes that can't be told")
    if holes and known and elements % known == 0:
        return [elements // known if size == -1 else size for size in target]
    if holes or known != elements:
        raise ValueError(f"the target {target!r} does not fit {elements} elements")
    return list(target)


def _runs(shape: list[int], strides: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for size, stride in zip(shape, strides, strict=True):
        if size == 1:
            continue
        if runs and runs[-1][1] == size * stride:
            size *= runs.pop()[0]
        runs.append((size, stride))
    return runs


def _slice(view: _View, dim: int, start: int, stop: int, step: int) -> tuple[_View, bool]:
    shape, strides = list(view.shape), list(view.strides)
    shape[dim] = max(0, -((start - stop) // step))
    strides[dim] *= step
    return _View(shape, strides), False


def _select(view: _View, dim: int, index: int) -> tuple[_View, bool]:
    return _View(*([*sizes[:dim], *sizes[dim + 1 :]] for sizes in view)), False


def _transpose(view: _View, one: int, other: int) -> tuple[_View, bool]:
    shape, strides = list(view.shape), list(view.strides)
    for sizes in (shape, strides):
        sizes[one], sizes[other] = sizes[other], sizes[one]
    return _View(shape, strides), False


def _expand(view: _View, sizes: list[int]) -> tuple[_View, bool]:
    new = len(sizes) - len(view.shape)
    shape, strides = [1] * new + view.shape, [0] * new + view.strides
    return _View(
        list(sizes), [s if old == size else 0 for old, size, s in zip(shape, sizes, strides, strict=True)]
    ), False


def _reshape(view: _View, sizes: list[int]) -> tuple[_View, bool]:
    shape = _complete(prod(view.shape), sizes)
    strides = view_strides(*view, shape)
    return _View(shape, contiguous_strides(shape) if strides is None else strides), strides is None


def _contiguous(view: _View) -> tuple[_View, bool]:
    if is_contiguous(*view):
        return view, False
    return _View(view.shape, contiguous_strides(view.shape)), True


def _clone(view: _View) -> tuple[_View, bool]:
    strides, step = [1] * len(view.shape), 1
    for dim in sorted(reversed(range(len(strides))), key=lambda dim: (view.shape[dim] != 1, view.strides[dim])):
        strides[dim] = step
        step *= max(view.shape[dim], 1)
    return _View(view.shape, strides), True


_OPERATIONS: dict[str, Callable[..., tuple[_View, bool]]] = {
    "slice": _slice,
    "select": _select,
    "transpose": _transpose,
    "expand": _expand,
    "reshape": _reshape,
    "contiguous": _contiguous,
    "clone": _clone,
}


def contiguous_strides(shape: list[int]) -> list[int]:
    return list(accumulate((max(size, 1) for size in reversed(shape[1:])), mul, initial=1))[::-1][: len(shape)]


def storage_position(index: list[int], shape: list[int], strides: list[int], offset: int) -> int:
    if len(index) != len(shape):
        raise IndexError(f"{index!r}: {len(index)} indices for {len(shape)} sizes")
    position = offset
    for i, size, stride in zip(index, shape, strides, strict=True):
        if not -size <= i < size:
            raise IndexError(f"index {i} is out of range for size {size}")
        position += (i % size) * stride
    return position


def is_contiguous(shape: list[int], strides: list[int]) -> bool:
    return 0 in shape or all(
        size == 1 or stride == fresh
        for size, stride, fresh in zip(shape, strides, contiguous_strides(shape), strict=True)
    )


def view_strides(shape: list[int], strides: list[int], target: list[int]) -> list[int] | None:
    target = _complete(prod(shape), target)
    if 0 in shape:
        return contiguous_strides(target)
    runs = _runs(shape, strides)
    left, stride = 1, 1  # what is left of the current run, and how far apart its elements are
    found = []
    for size in reversed(target):
        if size != 1 and left == 1:
            left, stride = runs.pop()
        if left % size:
            return None
        found.append(stride)
        left //= size
        stride *= size
    return found[::-1]


def reshape_copies(shape: list[int], strides: list[int], target: list[int]) -> bool:
    return view_strides(shape, strides, target) is None


def allocated_bytes(shape: list[int], itemsize: int, operations: list[list[Any]]) -> list[int]:
    for name, *_ in operations:
        if name not in _OPERATIONS:
            raise ValueError(f"there is no operation {name!r}")
    view = _View(list(shape), contiguous_strides(shape))
    allocated = []
    for name, *arguments in operations:
        view, copied = _OPERATIONS[name](view, *arguments)
        allocated.append(prod(view.shape) * itemsize if copied else 0)
    return allocated
