"""Tasks 3.1, 3.3, 3.4 and 3.5: where the elements of a view are, and when a copy is made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod
from typing import Any


def contiguous_strides(shape: list[int]) -> list[int]:
    """The strides of a new tensor. (Task 3.1.)

    The last dimension's is 1, each other's is the product of the later sizes. A size of 0 counts as 1 there.

    >>> contiguous_strides([2, 3, 4]), contiguous_strides([2, 0, 4]), contiguous_strides([])
    ([12, 4, 1], [4, 4, 1], [])
    """
    strides: list[int] = []
    for size in reversed([*shape[1:], 1] if shape else []):
        strides.append(max(size, 1) * (strides[-1] if strides else 1))
    return strides[::-1]


def storage_position(index: list[int], shape: list[int], strides: list[int], offset: int) -> int:
    """Where in its storage an element of a view is, counted in elements. (Task 3.1.)

    Negative indices count from the end, as in Python.

    Raises:
        IndexError: an index is out of range, or there are not as many indices as sizes; the message names it.

    >>> storage_position([1, 2], shape=[3, 4], strides=[4, 1], offset=0)
    6
    >>> storage_position([-1, 0], shape=[4, 3], strides=[1, 4], offset=5)
    8
    """
    if len(index) != len(shape):
        raise IndexError(f"index {index} has {len(index)} numbers for {len(shape)} dimensions")
    for number, size in zip(index, shape, strict=True):
        if not -size <= number < size:
            raise IndexError(f"index {number} is out of range for a dimension of size {size}")
    positive = [number % size for number, size in zip(index, shape, strict=True)]
    return offset + sum(number * stride for number, stride in zip(positive, strides, strict=True))


def is_contiguous(shape: list[int], strides: list[int]) -> bool:
    """Whether a view's elements, in order of their indices, are side by side in its storage. (Task 3.3.)

    The stride of a dimension of size 1 does not matter; a view without elements is contiguous.

    >>> is_contiguous([3, 4], [4, 1]), is_contiguous([4, 3], [1, 4]), is_contiguous([1, 4], [99, 1])
    (True, False, True)
    """
    return 0 in shape or _blocks(shape, strides) in ([], [(prod(shape), 1)])


def view_strides(shape: list[int], strides: list[int], target: list[int]) -> list[int] | None:
    """The strides by which a view shows the same storage in another shape, or None where none can. (Task 3.4.)

    Args:
        shape: the sizes now.
        strides: the strides now.
        target: the new sizes; one of them may be -1, and is then what is left.

    Returns:
        a stride for each size of the target. That of a size of 1 may be any number; so may all, when there are no
        elements.

    Raises:
        ValueError: the target does not have as many elements, has several -1, or a -1 that can't be told; the
            message names it.

    >>> view_strides([3, 4], [4, 1], [2, -1])
    [6, 1]
    >>> view_strides([4, 3], [1, 4], [2, 2, 3]), view_strides([4, 3], [1, 4], [12])
    ([2, 1, 4], None)
    """
    sizes = _resolved(target, prod(shape))
    if 0 in shape:
        return contiguous_strides(sizes)
    strides_left = _blocks(shape, strides)
    result = [1] * len(sizes)
    inside = 1  # elements of the last block that later dimensions of the target take
    for dim in reversed(range(len(sizes))):
        if sizes[dim] == 1:
            continue
        block, step = strides_left[-1]
        result[dim] = step * inside
        inside *= sizes[dim]
        if block % inside:
            return None
        if inside == block:
            strides_left.pop()
            inside = 1
    return result


def reshape_copies(shape: list[int], strides: list[int], target: list[int]) -> bool:
    """Whether `reshape` has to copy: only when no view has the target's shape. (Task 3.4.)

    >>> reshape_copies([4, 3], [1, 4], [12]), reshape_copies([4, 3], [1, 4], [2, 2, 3])
    (True, False)
    """
    return view_strides(shape, strides, target) is None


def allocated_bytes(shape: list[int], itemsize: int, operations: list[list[Any]]) -> list[int]:
    """Bytes that each of a chain of operations allocates, beginning with a contiguous tensor. (Task 3.5.)

    Args:
        shape: the first tensor's sizes.
        itemsize: bytes of an element.
        operations: ["slice", dim, start, stop, step], ["select", dim, index], ["transpose", dim, dim],
            ["expand", sizes], ["reshape", sizes], ["contiguous"] or ["clone"], each applied to what the one before
            gave. The handout says what each does. Dimensions are numbered from 0, and slices lie within the size.

    Raises:
        ValueError: there is no such operation; the message names it.

    >>> allocated_bytes([3, 4], 4, [["transpose", 0, 1], ["reshape", [12]], ["contiguous"]])
    [0, 48, 0]
    """
    view = _View(shape, contiguous_strides(shape))
    allocated = []
    for name, *arguments in operations:
        if name not in _OPERATIONS:
            raise ValueError(f"no operation {name!r}; there are {', '.join(_OPERATIONS)}")
        view = _OPERATIONS[name](view, *arguments)
        allocated.append(prod(view.shape) * itemsize if view.copied else 0)
        view = replace(view, copied=False)
    return allocated


def _blocks(shape: list[int], strides: list[int]) -> list[tuple[int, int]]:
    """Runs of dimensions that are evenly spaced together, as (elements, step); sizes of 1 left out."""
    blocks: list[tuple[int, int]] = []
    for size, stride in zip(shape, strides, strict=True):
        if size == 1:
            continue
        elements, step = blocks[-1] if blocks else (1, 0)
        if blocks and step == size * stride:
            blocks[-1] = (elements * size, stride)
        else:
            blocks.append((size, stride))
    return blocks


def _resolved(target: list[int], elements: int) -> list[int]:
    """The target with its -1 as a size."""
    problem = f"target {target} does not have {elements} elements"
    if target.count(-1) > 1 or any(size < -1 for size in target):
        raise ValueError(f"target {target} may have one -1, and no other size below 0")
    known = prod(size for size in target if size != -1)
    if -1 in target:
        if not known or elements % known:
            raise ValueError(problem)
        return [elements // known if size == -1 else size for size in target]
    if known != elements:
        raise ValueError(problem)
    return target


@dataclass(frozen=True)
class _View:
    """Sizes and strides, and whether the operation that made it copied."""

    shape: list[int]
    strides: list[int]
    copied: bool = False

    def copy(self) -> _View:
        return _View(self.shape, contiguous_strides(self.shape), True)

    def sliced(self, dim: int, start: int, stop: int, step: int) -> _View:
        size = len(range(self.shape[dim])[start:stop:step])
        strides = [stride * step if n == dim else stride for n, stride in enumerate(self.strides)]
        return _View([*self.shape[:dim], size, *self.shape[dim + 1 :]], strides)

    def select(self, dim: int, _: int) -> _View:
        return _View(self.shape[:dim] + self.shape[dim + 1 :], self.strides[:dim] + self.strides[dim + 1 :])

    def transpose(self, first: int, second: int) -> _View:
        order = list(range(len(self.shape)))
        order[first], order[second] = second, first
        return _View([self.shape[n] for n in order], [self.strides[n] for n in order])

    def expand(self, sizes: list[int]) -> _View:
        new = len(sizes) - len(self.shape)
        old = zip(self.shape, self.strides, sizes[new:], strict=True)
        return _View(sizes, [0] * new + [stride if size == wanted else 0 for size, stride, wanted in old])

    def reshape(self, sizes: list[int]) -> _View:
        strides = view_strides(self.shape, self.strides, sizes)
        resolved = _resolved(sizes, prod(self.shape))
        return _View(resolved, strides) if strides is not None else replace(self, shape=resolved).copy()

    def contiguous(self) -> _View:
        return self if is_contiguous(self.shape, self.strides) else self.copy()

    def clone(self) -> _View:
        """A copy without gaps, whose dimensions keep the order of their strides."""
        order = sorted(range(len(self.shape)), key=lambda n: (-self.strides[n], n))
        dense = contiguous_strides([self.shape[n] for n in order])
        strides = [stride for _, stride in sorted(zip(order, dense, strict=True))]
        return _View(self.shape, strides, True)


_OPERATIONS: dict[str, Any] = {
    "slice": _View.sliced,
    "select": _View.select,
    "transpose": _View.transpose,
    "expand": _View.expand,
    "reshape": _View.reshape,
    "contiguous": _View.contiguous,
    "clone": _View.clone,
}
