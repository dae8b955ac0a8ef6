"""Tasks 3.1, 3.3, 3.4 and 3.5: where the elements of a view are, and when a copy is made."""

from __future__ import annotations

from typing import Any


def contiguous_strides(shape: list[int]) -> list[int]:
    """The strides of a new tensor. (Task 3.1.)

    The last dimension's is 1, each other's is the product of the later sizes. A size of 0 counts as 1 there.

    >>> contiguous_strides([2, 3, 4]), contiguous_strides([2, 0, 4]), contiguous_strides([])
    ([12, 4, 1], [4, 4, 1], [])
    """
    raise NotImplementedError("Task 3.1: contiguous_strides in assignment/views.py")


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
    raise NotImplementedError("Task 3.1: storage_position in assignment/views.py")


def is_contiguous(shape: list[int], strides: list[int]) -> bool:
    """Whether a view's elements, in order of their indices, are side by side in its storage. (Task 3.3.)

    The stride of a dimension of size 1 does not matter; a view without elements is contiguous.

    >>> is_contiguous([3, 4], [4, 1]), is_contiguous([4, 3], [1, 4]), is_contiguous([1, 4], [99, 1])
    (True, False, True)
    """
    raise NotImplementedError("Task 3.3: is_contiguous in assignment/views.py")


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
    raise NotImplementedError("Task 3.4: view_strides in assignment/views.py")


def reshape_copies(shape: list[int], strides: list[int], target: list[int]) -> bool:
    """Whether `reshape` has to copy: only when no view has the target's shape. (Task 3.4.)

    >>> reshape_copies([4, 3], [1, 4], [12]), reshape_copies([4, 3], [1, 4], [2, 2, 3])
    (True, False)
    """
    raise NotImplementedError("Task 3.4: reshape_copies in assignment/views.py")


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
    raise NotImplementedError("Task 3.5: allocated_bytes in assignment/views.py")
