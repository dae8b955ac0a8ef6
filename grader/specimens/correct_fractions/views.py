"""Tasks 3.1, 3.3, 3.4, 3.5."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import accumulate
from operator import mul


def contiguous_strides(shape):
    sizes = [n or 1 for n in shape]
    return [*accumulate(reversed(sizes[1:]), mul, initial=1)][::-1] if sizes else []


def storage_position(index, shape, strides, offset):
    if len(index) != len(shape):
        raise IndexError(f"index {index} for {len(shape)} sizes")

    def terms():
        for i, n, s in zip(index, shape, strides, strict=True):
            try:
                yield range(n)[i] * s
            except IndexError:
                raise IndexError(f"index {i} is out of range for size {n}") from None

    return sum(terms(), start=offset)


def is_contiguous(shape, strides):
    return 0 in shape or all(n == 1 or s == c for n, s, c in zip(shape, strides, contiguous_strides(shape)))


def _resolve(shape, target):
    n = math.prod(shape)
    known = math.prod(t for t in target if t != -1)
    match target.count(-1):
        case 0:
            sizes = list(target)
        case 1 if known > 0 and n % known == 0:
            sizes = [n // known if t == -1 else t for t in target]
        case _:
            raise ValueError(f"target {target} does not fit {shape}")
    if min(sizes, default=0) < 0 or math.prod(sizes) != n:
        raise ValueError(f"target {target} does not fit {shape}")
    return sizes


def view_strides(shape, strides, target):
    sizes = _resolve(shape, target)
    if 0 in shape:
        return contiguous_strides(sizes)
    # blocks of dimensions that are evenly spaced together: [elements, innermost stride]
    blocks = []
    for n, s in zip(shape, strides):
        if n == 1:
            continue
        if blocks and blocks[-1][1] == n * s:
            blocks[-1] = [blocks[-1][0] * n, s]
        else:
            blocks.append([n, s])
    result = []
    for n in reversed(sizes):
        if n == 1:
            result.append(1)
            continue
        if not blocks or blocks[-1][0] % n:
            return None
        left, s = blocks[-1]
        result.append(s)
        blocks[-1] = [left // n, s * n]
        if left == n:
            blocks.pop()
    return result[::-1]


def reshape_copies(shape, strides, target):
    return view_strides(shape, strides, target) is None


@dataclass(frozen=True, slots=True)
class _View:
    shape: tuple
    strides: tuple
    copied: bool = False

    @classmethod
    def new(cls, shape, copied=True):
        return cls(tuple(shape), tuple(contiguous_strides(shape)), copied)

    def _with(self, dim, size, stride):
        shape, strides = list(self.shape), list(self.strides)
        shape[dim], strides[dim] = size, stride
        return _View(tuple(shape), tuple(strides))

    def slice(self, dim, start, stop, step):
        size = len(range(*slice(start, stop, step).indices(self.shape[dim])))
        return self._with(dim, size, self.strides[dim] * step)

    def select(self, dim, index):
        range(self.shape[dim])[index]
        dim %= len(self.shape)
        return _View(self.shape[:dim] + self.shape[dim + 1 :], self.strides[:dim] + self.strides[dim + 1 :])

    def transpose(self, a, b):
        order = list(range(len(self.shape)))
        order[a], order[b] = order[b], order[a]
        return _View(tuple(self.shape[i] for i in order), tuple(self.strides[i] for i in order))

    def expand(self, sizes):
        extra = len(sizes) - len(self.shape)
        shape, strides = [], []
        for want, n, s in zip(sizes, (1,) * extra + self.shape, (0,) * extra + self.strides, strict=True):
            same = want in (n, -1)
            shape.append(n if same else want)
            strides.append(s if same else 0)
        return _View(tuple(shape), tuple(strides))

    def reshape(self, sizes):
        strides = view_strides(self.shape, self.strides, list(sizes))
        resolved = _resolve(self.shape, list(sizes))
        return _View.new(resolved) if strides is None else _View(tuple(resolved), tuple(strides))

    def contiguous(self):
        return replace(self, copied=False) if is_contiguous(self.shape, self.strides) else _View.new(self.shape)

    def clone(self):
        order = sorted(range(len(self.shape)), key=lambda i: -self.strides[i])
        dense = contiguous_strides([self.shape[i] for i in order])
        return _View(self.shape, tuple(dense[order.index(i)] for i in range(len(order))), True)


_OPERATIONS = {"slice", "select", "transpose", "expand", "reshape", "contiguous", "clone"}


def allocated_bytes(shape, itemsize, operations):
    def step(view, operation):
        name, *arguments = operation
        if name not in _OPERATIONS:
            raise ValueError(f"unknown operation {name!r}")
        return getattr(view, name)(*arguments)

    views = accumulate(operations, step, initial=_View.new(shape, copied=False))
    next(views)
    return [v.copied * itemsize * math.prod(v.shape) for v in views]
