"""Tasks 3.1 to 3.5, hidden checks: all small shapes and strides, and larger ones at random."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from grader.reference import views as reference
from tests.harness import Student, expect, expect_raises, expect_that, need_torch, points

SMALL = [
    (list(shape), list(strides))
    for dims in range(3)
    for shape in product((0, 1, 2, 3), repeat=dims)
    for strides in product((0, 1, 2, 3), repeat=dims)
]
"""All shapes and strides of up to two dimensions."""


@st.composite
def views(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    """Shape and strides of a view of a contiguous tensor: its dimensions in any order, sliced, expanded.

    A size of 1 has any stride.
    """
    shape = draw(st.lists(st.sampled_from([1, 2, 2, 3, 4, 6]), max_size=4))
    order = list(draw(st.permutations(range(len(shape)))))
    outer = reference.contiguous_strides([shape[n] for n in order])
    strides = [outer[order.index(n)] for n in range(len(shape))]
    scale = [draw(st.sampled_from([1, 1, 1, 1, 2, 0])) for _ in shape]
    scale = [
        draw(st.sampled_from([1, 0, 7, 99])) if size == 1 else by for size, by in zip(shape, scale, strict=True)
    ]
    return shape, [stride * by for stride, by in zip(strides, scale, strict=True)]


@st.composite
def targets(draw: st.DrawFn, elements: int) -> list[int]:
    """A shape with as many elements; now and then with a -1."""
    target: list[int] = []
    while elements > 1:
        target.append(draw(st.sampled_from([n for n in range(2, elements + 1) if elements % n == 0])))
        elements //= target[-1]
    for _ in range(draw(st.integers(0, 2))):
        target.insert(draw(st.integers(0, len(target))), 1)
    if draw(st.booleans()) and target:
        target[draw(st.integers(0, len(target) - 1))] = -1
    return target


ONES = [
    ([2, 1, 3], [3, 99, 1]),
    ([2, 1, 1, 3], [3, 0, 7, 1]),
    ([1, 2, 1, 3, 1], [0, 3, 5, 1, 9]),
    ([2, 1, 3], [6, 3, 1]),
    ([2, 1, 3], [3, 1, 2]),
    ([3, 1, 2], [1, 3, 3]),
    ([2, 0, 3], [1, 1, 9]),
    ([1, 1, 1], [5, 0, 7]),
]
"""Sizes and strides with a size of 1 or 0 between others, or nothing but ones."""

RESHAPES = [
    ([3, 4], [4, 1], [2, -1]),
    ([3, 4], [4, 1], [-1, 2, 3]),
    ([2, 3, 4], [12, 4, 1], [4, -1]),
    ([4, 3], [1, 4], [2, -1, 3]),
    ([2, 3, 4], [12, 1, 3], [2, 3, -1]),
    ([2, 3, 4], [12, 1, 3], [2, 12]),
    ([2, 1, 6], [6, 99, 1], [3, 4]),
    ([6, 4], [8, 2], [24]),
    ([2, 2, 3], [0, 3, 1], [2, 6]),
    ([4, 6], [1, 8], [2, 2, 3, 2]),
    ([1, 1], [5, 7], [1]),
    ([1, 1], [5, 7], []),
    ([1, 1], [5, 7], [-1]),
    ([], [], [1, 1]),
    ([0, 2], [2, 1], [-1]),
    ([0, 2], [1, 9], [0]),
    ([2, 0], [9, 4], [0, 3]),
    ([3, 0, 2], [1, 1, 1], [2, 0, 5, 1]),
    ([0, 2], [2, 1], [5, -1]),
]
"""Sizes, strides and targets: splits, joins, both at once, with a -1 at either end, one element, none."""

NO_TARGETS = [
    ([3, 4], [4, 1], [-2], "only -1 stands for what is left"),
    ([3, 4], [4, 1], [-1, 0], "no size makes 12 of 0"),
    ([3, 4], [4, 1], [], "12 elements are more than one"),
    ([0, 2], [2, 1], [-1, 0], "any size would do for the -1"),
    ([0, 2], [2, 1], [0, -1, 3], "any size would do for the -1"),
    ([0, 2], [2, 1], [-1, -1], "there may be one -1, even without elements"),
    ([0, 2], [2, 1], [], "[] is the shape of one element, and here is none"),
]
"""Sizes, strides, targets that are none of theirs, and what to try."""

CHAINS: list[tuple[list[int], list[list[Any]]]] = [
    ([1], [["slice", 0, 0, 1, 2], ["contiguous"]]),
    ([4, 3], [["slice", 0, 0, 4, 2], ["select", 0, 1], ["contiguous"]]),
    ([4, 4], [["slice", 1, 0, 2, 1], ["clone"], ["contiguous"]]),
    ([3, 4], [["transpose", 0, 1], ["slice", 0, 0, 2, 1], ["clone"], ["contiguous"]]),
    ([4, 3, 2], [["transpose", 0, 2], ["slice", 1, 0, 3, 2], ["clone"], ["transpose", 0, 2], ["contiguous"]]),
    ([4, 4], [["slice", 0, 0, 4, 2], ["slice", 1, 0, 2, 1], ["contiguous"]]),
    ([3, 4, 2], [["slice", 0, 1, 3, 1], ["clone"], ["contiguous"]]),
    ([1, 3], [["expand", [2, 3]], ["reshape", [6]]]),
    ([1], [["expand", [3]], ["contiguous"]]),
    ([1], [["expand", [3, 1]], ["contiguous"]]),
    ([3], [["expand", [2, 3]], ["reshape", [6]], ["select", 0, 0], ["clone"]]),
    ([3, 4], [["transpose", 0, 1], ["reshape", [12]], ["slice", 0, 0, 5, 1], ["clone"]]),
    ([3, 4], [["transpose", 0, 1], ["clone"], ["transpose", 0, 1], ["contiguous"], ["reshape", [-1]]]),
    ([2, 3, 4], [["transpose", 0, 1], ["transpose", 1, 2], ["clone"], ["transpose", 1, 2], ["contiguous"]]),
    ([2, 3, 4], [["transpose", 0, 1], ["transpose", 1, 2], ["clone"], ["transpose", 0, 2], ["reshape", [6, 4]]]),
]
"""What is seen of each operation only by those that follow it."""

OUTSIDE: list[tuple[list[int], list[int], list[int]]] = [
    ([-4, 0], [3, 4], [4, 1]),
    ([3, 0], [3, 4], [4, 1]),
    ([0, -5], [3, 4], [4, 1]),
    ([0, 4], [4, 3], [1, 4]),
    ([1, -4, 0], [2, 3, 2], [6, 2, 1]),
    ([0], [0], [1]),
    ([-1], [0], [1]),
    ([1, 0], [3, 0], [1, 1]),
]
"""Indices, sizes and strides where one index is out of range: below and above, in each place, of no elements."""

BOXES = [
    *[(slice(None), 1), (slice(None), slice(None), 1), (slice(None), slice(2)), (slice(None), slice(2, None))],
    *[
        (slice(None), slice(None, None, 2)),
        (slice(None), slice(1, None, 2)),
        (..., slice(1)),
        (..., slice(1, None)),
    ],
    *[(slice(None, None, 2),), (slice(1, None, 2),), (1,), (slice(1, None),) * 3, (slice(0),), (1, 2, 0)],
]
"""Parts of a tensor of three dimensions: rows, columns, every second one, corners, a number, nothing."""


def where(shape: list[int], strides: list[int] | None) -> list[int] | None:
    """The strides that matter: none of a size of 1, none without elements; all where there are not as many."""
    if strides is None or len(strides) != len(shape):
        return strides
    kept = [stride for size, stride in zip(shape, strides, strict=True) if size != 1]
    return [] if 0 in shape else kept


@points(0.5, task="3.1")
@given(sizes=st.lists(st.integers(0, 5), max_size=5))
def test_strides_of_any_shape(student: Student, sizes: list[int]) -> None:
    """Sizes of 0 and 1 too."""
    expect(student.views.contiguous_strides(sizes), reference.contiguous_strides(sizes), "a size of 0 counts as 1")


@points(0.5, task="3.1")
@given(view=views(), offset=st.integers(0, 100), data=st.data())
def test_positions_in_any_view(
    student: Student, view: tuple[list[int], list[int]], offset: int, data: st.DataObject
) -> None:
    """Any index, negative ones too; sizes of 0; indices that are out of range, too many or too few."""
    shape, strides = view
    index = [data.draw(st.integers(-size, size - 1)) for size in shape]
    exact = reference.storage_position(index, shape, strides, offset)
    expect(
        student.views.storage_position(index, shape, strides, offset),
        exact,
        "the offset, plus each index times its stride; a negative index counts from the end",
        {
            "the offset was left out": lambda: exact - offset,
            "a negative index was multiplied as it is; it counts from the end": (
                lambda: offset + sum(n * stride for n, stride in zip(index, strides, strict=True))
            ),
        },
    )
    for dim, size in enumerate(shape):
        for beyond in (size, -size - 1):
            wrong = [*index[:dim], beyond, *index[dim + 1 :]]
            with expect_raises(
                IndexError, naming=(str(beyond), str(wrong)), hint="each index has a range of its own"
            ):
                student.views.storage_position(wrong, shape, strides, offset)
    with expect_raises(IndexError, naming=(str([*index, 7]), "7", str(len(index) + 1)), hint="too many indices"):
        student.views.storage_position([*index, 7], shape, strides, offset)
    for wrong in (index[:-1], index[1:]) if shape else ():
        with expect_raises(IndexError, naming="", hint="too few indices"):
            student.views.storage_position(wrong, shape, strides, offset)
    for wrong, sizes, steps in () if shape else OUTSIDE:
        naming = (str(wrong), *(str(n) for n, size in zip(wrong, sizes, strict=True) if not -size <= n < size))
        with expect_raises(IndexError, naming=naming, hint="every index must be in the range of its size"):
            student.views.storage_position(wrong, sizes, steps, offset)


NOTHING = slice(0, 0, 1)
slices = st.builds(slice, st.integers(0, 9), st.integers(4, 12), st.integers(1, 3))


def _pairs(first: slice, second: slice) -> list[tuple[Any, Any]]:
    """Slices of one tensor and of two, an expanded one, another dtype."""
    torch = need_torch()
    x, y = torch.zeros(12), torch.zeros(12)
    a, b = x[first], x[second]
    return [(a, b), (x.view(torch.int16)[5:9], b), (x[:1].expand(5), b), (a, y[second])]


def _boxes() -> list[tuple[Any, Any]]:
    """Parts of a tensor of 3 by 4 by 2, each with each other one, whose dimensions are in reverse order."""
    x = need_torch().zeros(3, 4, 2)
    parts = [x[box] for box in BOXES]
    return [(a, b.permute([*reversed(range(b.dim()))])) for a, b in product(parts, parts)]


@points(0.5, task="3.2")
@given(first=slices, second=slices)
@example(first=slice(0, 0, 1), second=slice(0, 0, 1))
@example(first=slice(0, 12, 2), second=slice(1, 12, 2))
def test_elements_of_any_two_views(student: Student, first: slice, second: slice) -> None:
    """Whether any byte belongs to both, in one dimension and in three."""
    need_torch()
    from grader.reference import tensors  # not above: it imports torch, and most gradings need none

    for left, right in _pairs(first, second):
        expect(
            student.tensors.shares_element(left, right),
            tensors.shares_element(left, right),
            "collect the bytes of each element; ranges that overlap may have no element in common",
        )
    for left, right in _boxes() if first == second == NOTHING else ():
        expect(
            student.tensors.shares_element(left, right),
            tensors.shares_element(left, right),
            "each dimension has a stride of its own; follow them all to the elements",
        )


@points(0.5, task="3.2")
@given(first=slices, second=slices)
@example(first=slice(0, 0, 1), second=slice(0, 0, 1))
def test_storages_of_any_two_views(student: Student, first: slice, second: slice) -> None:
    """Views of one storage and of two, empty ones and meta tensors too."""
    torch = need_torch()
    from grader.reference import tensors

    meta, other = torch.empty(12, device="meta"), torch.empty(12, device="meta")
    pairs = [*_pairs(first, second), (meta[first], meta[second]), (meta, other), (meta, torch.zeros(1))]
    for left, right in pairs:
        expect(
            student.tensors.shares_storage(left, right),
            tensors.shares_storage(left, right),
            "compare the storages themselves; meta and empty tensors all begin at address 0",
        )


@points(1, task="3.3")
@given(view=views())
@example(view=([], []))
def test_contiguity_of_all_small_views(student: Student, view: tuple[list[int], list[int]]) -> None:
    """Larger ones at random, then each of 273 small ones, and those with ones between others."""
    _contiguity(student, *view)
    if not view[0]:
        for shape, strides in [*SMALL, *ONES]:
            _contiguity(student, shape, strides)


def _contiguity(student: Student, shape: list[int], strides: list[int]) -> None:
    exact = reference.is_contiguous(shape, strides)
    expect(
        student.views.is_contiguous(shape, strides),
        exact,
        "skip sizes of 1; then each stride is the product of the later sizes; no elements: contiguous",
        {"sizes of 1 don't count between others either": lambda: False} if exact and 1 in shape[1:-1] else None,
    )


@points(1, task="3.4")
@given(view=views(), data=st.data())
def test_views_of_any_shape(student: Student, view: tuple[list[int], list[int]], data: st.DataObject) -> None:
    """Strides of the new shape, or none, for permuted, sliced and expanded views."""
    shape, strides = view
    _same_view(student, shape, strides, data.draw(targets(prod(shape))))
    for case in RESHAPES:
        _same_view(student, *case)


def _same_view(student: Student, shape: list[int], strides: list[int], target: list[int]) -> None:
    exact = reference.view_strides(shape, strides, target)
    known = prod(size for size in target if size != -1)
    sizes = [prod(shape) // known if size == -1 else size for size in target]
    contiguous = reference.is_contiguous(shape, strides)
    got = student.views.view_strides(shape, strides, target)
    if got is not None:
        expect(len(got), len(sizes), "a stride for each dimension of the new shape")
    expect(
        where(sizes, got),
        where(sizes, exact),
        "only dimensions that are evenly spaced together can be joined; each can be split",
        {
            "a tensor that is not contiguous can have views": lambda: ... if contiguous else None,
            "those are the strides of a new tensor; this one's elements lie elsewhere": (
                lambda: where(sizes, reference.contiguous_strides(sizes))
            ),
        },
    )


@points(1, task="3.4")
@given(view=views(), data=st.data())
def test_reshapes_of_any_shape(student: Student, view: tuple[list[int], list[int]], data: st.DataObject) -> None:
    """Whether they copy; and targets that don't fit, or whose -1 can't be told."""
    shape, strides = view
    target = data.draw(targets(prod(shape)))
    for case in [(shape, strides, target), *(() if shape else RESHAPES)]:
        _same_copies(student, *case)
    for wrong in ([prod(shape) + 1], [-1, -1], [prod(shape) + 1, -1]):
        with expect_raises(ValueError, naming=str(wrong)):
            student.views.reshape_copies(shape, strides, wrong)
    for start, steps, wrong, hint in () if shape else NO_TARGETS:
        for function in (student.views.view_strides, student.views.reshape_copies):
            with expect_raises(ValueError, naming=str(wrong), hint=hint):
                function(start, steps, wrong)
    nothing = student.views.view_strides([0, 2], [2, 1], [3, 0, 5])
    expect_that(len(nothing or []) == 3, "three strides, whatever they are", f"{nothing!r}", "a view of nothing")


def _same_copies(student: Student, shape: list[int], strides: list[int], target: list[int]) -> None:
    few = "one element, or none, has a view in any shape that fits"
    expect(
        student.views.reshape_copies(shape, strides, target),
        reference.reshape_copies(shape, strides, target),
        "it copies only when no strides show the new shape" if prod(shape) > 1 else few,
        {"not contiguous is not the same as copied": lambda: not reference.is_contiguous(shape, strides)},
    )


@points(1, task="3.5")
@given(shape=st.lists(st.integers(1, 4), min_size=1, max_size=3), data=st.data())
def test_chains_of_any_operations(student: Student, shape: list[int], data: st.DataObject) -> None:
    """Up to six operations, each on what the one before gave; and one that is none, later in the chain."""
    chain: list[list[Any]] = []
    sizes = shape
    for _ in range(data.draw(st.integers(1, 6))):
        operation, sizes = data.draw(operations(sizes, expanded=any(step[0] == "expand" for step in chain)))
        chain.append(operation)
    for start, steps in [(shape, chain), *CHAINS]:
        _same_bytes(student, start, steps)
    for wrong in ("melt", "view"):
        with expect_raises(
            (ValueError, KeyError), naming=wrong, hint="it is unknown wherever it stands in the chain"
        ):
            student.views.allocated_bytes(shape, 2, [*chain, [wrong]])


def _same_bytes(student: Student, shape: list[int], chain: list[list[Any]]) -> None:
    exact = reference.allocated_bytes(shape, 2, chain)
    several = sum(map(bool, exact)) > 1
    expect(
        student.views.allocated_bytes(shape, 2, chain),
        exact,
        "a clone keeps the order of its strides, and no gaps; any other copy is contiguous",
        {"every operation was taken for a view": lambda: [0] * len(chain) if several else None},
    )


@st.composite
def operations(draw: st.DrawFn, sizes: list[int], *, expanded: bool) -> tuple[list[Any], list[int]]:
    """An operation on a tensor of these sizes, and the sizes it gives; no clone of an expanded tensor."""
    kinds = ["reshape", "expand", "contiguous"] + ["clone"] * (not expanded)
    kinds += ["slice", "select", "transpose"] * bool(sizes)
    kind = draw(st.sampled_from(kinds))
    dim, other = (draw(st.integers(0, len(sizes) - 1)) if sizes else 0 for _ in range(2))
    if kind == "slice":
        start = draw(st.integers(0, sizes[dim] - 1))
        stop, step = draw(st.integers(start + 1, sizes[dim])), draw(st.integers(1, 2))
        return [kind, dim, start, stop, step], [*sizes[:dim], len(range(start, stop, step)), *sizes[dim + 1 :]]
    if kind == "select":
        return [kind, dim, draw(st.integers(0, sizes[dim] - 1))], sizes[:dim] + sizes[dim + 1 :]
    if kind == "transpose":
        order = list(range(len(sizes)))
        order[dim], order[other] = other, dim
        return [kind, dim, other], [sizes[n] for n in order]
    if kind == "expand":
        wanted = [
            *[2] * draw(st.integers(0, 1)),
            *[size if size > 1 else draw(st.integers(1, 3)) for size in sizes],
        ]
        return [kind, wanted], wanted
    if kind == "reshape":
        wanted = [size for size in draw(targets(prod(sizes))) if size != -1]
        wanted += [prod(sizes) // prod(wanted)]
        return [kind, wanted], wanted
    return [kind], sizes
