"""Tasks 3.1 to 3.5, hidden checks: all small shapes and strides, and larger ones at random."""

from __future__ import annotations

from functools import partial
from itertools import pairwise, product
from math import prod
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from grader.reference import views as reference
from tests.harness import Student, expect, expect_raises, expect_that, need_torch, points
from tests.harness.student import Mistakes
from tests.mistakes import FLOATS, whole

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

    A size of 1 has any stride. One view in three is built from its last dimension, in which neighbours are evenly
    spaced together more often than not, be it with strides of 0 or with elements that overlap.
    """
    shape = draw(st.lists(st.sampled_from([1, 2, 2, 3, 4, 6]), max_size=4))
    if draw(st.integers(0, 2)) == 2:
        strides, step = [], draw(st.integers(0, 3))
        for size in reversed(shape):
            strides.append(step if size > 1 else draw(st.sampled_from([1, 0, 7, 99])))
            step = draw(st.sampled_from([step * size, step * size, step, 0, 1]))
        return shape, strides[::-1]
    order = list(draw(st.permutations(range(len(shape)))))
    outer = reference.contiguous_strides([shape[n] for n in order])
    strides = [outer[order.index(n)] for n in range(len(shape))]
    scale = [draw(st.sampled_from([1, 1, 1, 1, 2, 0])) for _ in shape]
    scale = [
        draw(st.sampled_from([1, 0, 7, 99])) if size == 1 else by for size, by in zip(shape, scale, strict=True)
    ]
    return shape, [stride * by for stride, by in zip(strides, scale, strict=True)]


@st.composite
def large_shapes(draw: st.DrawFn) -> list[int]:
    """Sizes of any magnitude, of a tensor whose elements 64 bits can count."""
    sizes: list[int] = []
    for size in draw(st.lists(whole(10), max_size=5)):
        sizes += [size] if prod(sizes) * size < 2**63 else []
    return sizes


@st.composite
def targets(draw: st.DrawFn, elements: int) -> list[int]:
    """A shape with as many elements; now and then with a -1."""
    target: list[int] = [] if elements else draw(st.sampled_from([[0], [2, 0], [0, 3], [3, 0, 2]]))
    while elements > 1:
        target.append(draw(st.sampled_from([n for n in range(2, elements + 1) if elements % n == 0])))
        elements //= target[-1]
    for _ in range(draw(st.integers(0, 2))):
        target.insert(draw(st.integers(0, len(target))), 1)
    if draw(st.booleans()) and target and elements:
        target[draw(st.integers(0, len(target) - 1))] = -1
    return target


@st.composite
def reshapes(draw: st.DrawFn) -> tuple[list[int], list[int], list[int]]:
    """A view, and a shape that has as many elements."""
    shape, strides = draw(views())
    return shape, strides, draw(targets(prod(shape)))


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
    ([5, 12], [0, 0], [60]),
    ([5, 12], [0, 0], [4, -1]),
    ([2, 3, 4], [0, 0, 1], [6, 4]),
    ([2, 3, 4], [0, 0, 1], [24]),
    ([1, 5, 1, 12], [7, 0, 3, 0], [60, 1]),
    ([3, 4], [4, 0], [12]),
    ([4, 3], [1, 1], [2, 2, 3]),
    ([4, 3], [1, 1], [12]),
    ([3, 2, 2], [1, 2, 1], [3, 4]),
    ([30, 20], [20, 1], [20, 30]),
    ([30, 20], [1, 30], [600]),
]
"""Sizes, strides and targets: splits, joins, both at once, with a -1 at either end, one element, none."""

NO_TARGETS = [
    ([3, 4], [4, 1], [-2], "only -1 stands for what is left"),
    ([2, 3], [3, 1], [-2, -3], "no size is below -1, whatever the product"),
    ([3, 4], [4, 1], [-1, -12], "no size is below -1, whatever the product"),
    ([6], [1], [-3, -1, -2], "no size is below -1, whatever the product"),
    ([3, 4], [4, 1], [-1, -1, 12], "there may be one -1, whatever the product"),
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
    ([4, 3], [["slice", 0, 3, 1, 1], ["clone"]]),
    ([4, 3], [["slice", 0, 3, 1, 1], ["contiguous"], ["reshape", [0]], ["clone"]]),
    ([4], [["slice", 0, 4, 0, 3], ["clone"]]),
    ([5, 3], [["slice", 0, 1, 5, 7], ["contiguous"], ["slice", 1, 0, 3, 2], ["clone"]]),
    ([3, 4], [["transpose", 0, 1], ["slice", 0, 2, 2, 1], ["reshape", [3, 0, 1]], ["clone"]]),
    ([2, 3], [["slice", 1, 0, 2, 1], ["transpose", 0, 1], ["clone"], ["transpose", 0, 1], ["contiguous"]]),
    ([2], [["expand", [3, 2]], ["expand", [3, 2]], ["select", 0, 2], ["contiguous"], ["reshape", [2, 1]]]),
    ([1, 2], [["expand", [5, 2]], ["reshape", [5, 2, 1]], ["reshape", [10]], ["contiguous"]]),
    ([2, 1], [["expand", [2, 3]], ["expand", [4, 2, 3]], ["select", 2, 0], ["reshape", [8]]]),
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

TOO_LOW = "an index that is too far below 0 doesn't go round; it is out of range"

LARGE_POSITIONS: list[tuple[list[int], list[int], list[int], int]] = [
    ([2**31, 5], [2**32, 7], [7, 1], 3),
    ([-1, -1], [2**32, 7], [7, 1], 2**33),
    ([2**40 + 1, 2**20 - 1], [2**41, 2**20], [2**20, 1], 1),
    ([0], [1], [5], 2**60 + 1),
]
"""Index, sizes, strides and offset of elements beyond what 32 bits, or a float, can count."""

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
@given(sizes=st.lists(st.integers(0, 5), max_size=5), large=large_shapes())
@example(sizes=[3, 0, 2], large=[2, 2**33 + 1, 2**28 + 1])
def test_strides_of_any_shape(student: Student, sizes: list[int], large: list[int]) -> None:
    """Sizes of 0 and 1 too, and as many elements as torch counts."""
    _same_strides(student, sizes)
    _same_strides(student, large)


def _same_strides(student: Student, sizes: list[int]) -> None:
    exact = reference.contiguous_strides(sizes)
    expect(
        student.views.contiguous_strides(sizes),
        exact,
        "each stride is the product of the later sizes; a size of 0 counts as 1",
        {
            "a size of 0 counts as 1": lambda: [prod(sizes[n + 1 :]) for n in range(len(sizes))],
            "those are the strides of a transposed tensor; the last dimension's is 1": (
                lambda: reference.contiguous_strides(sizes[::-1])[::-1]
            ),
            "a dimension's own size is not in its stride": lambda: [prod(sizes[n:]) for n in range(len(sizes))],
            "32 bits can't hold these strides": lambda: [(n + 2**31) % 2**32 - 2**31 for n in exact],
            FLOATS: lambda: [int(float(n)) for n in exact],
        },
    )


@st.composite
def elements(draw: st.DrawFn) -> tuple[list[int], list[int], list[int], int]:
    """An index, the sizes and strides of a view, and its offset."""
    shape, strides = draw(views())
    return [draw(st.integers(-size, size - 1)) for size in shape], shape, strides, draw(st.integers(0, 100))


@points(0.5, task="3.1")
@given(element=elements())
@example(element=([], [], [], 5))
def test_positions_in_any_view(student: Student, element: tuple[list[int], list[int], list[int], int]) -> None:
    """Any index, negative ones too; sizes of 0; indices that are out of range, too many or too few."""
    index, shape, strides, offset = element
    for case in [element, *(() if shape else LARGE_POSITIONS)]:
        _same_position(student, *case)
    for dim, size in enumerate(shape):
        for beyond in (size, -size - 1):
            wrong = [*index[:dim], beyond, *index[dim + 1 :]]
            hint = "each index has a range of its own" if beyond >= 0 else TOO_LOW
            with expect_raises(IndexError, naming=(str(beyond), str(wrong)), hint=hint):
                student.views.storage_position(wrong, shape, strides, offset)
    with expect_raises(IndexError, naming=(str([*index, 7]), "7", str(len(index) + 1)), hint="too many indices"):
        student.views.storage_position([*index, 7], shape, strides, offset)
    for wrong in (index[:-1], index[1:]) if shape else ():
        with expect_raises(IndexError, naming="", hint="too few indices"):
            student.views.storage_position(wrong, shape, strides, offset)
    for wrong, sizes, steps in () if shape else OUTSIDE:
        naming = (str(wrong), *(str(n) for n, size in zip(wrong, sizes, strict=True) if not -size <= n < size))
        hint = "every index must be in the range of its size"
        if any(n < -size for n, size in zip(wrong, sizes, strict=True)):
            hint = TOO_LOW
        with expect_raises(IndexError, naming=naming, hint=hint):
            student.views.storage_position(wrong, sizes, steps, offset)


def _same_position(student: Student, index: list[int], shape: list[int], strides: list[int], offset: int) -> None:
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
            "those are the positions of a new tensor; this one has strides of its own": (
                lambda: reference.storage_position(index, shape, reference.contiguous_strides(shape), offset)
            ),
            "32 bits can't hold this position": lambda: (exact + 2**31) % 2**32 - 2**31,
            FLOATS: lambda: int(float(exact)),
        },
    )


NOTHING = slice(0, 0, 1)
slices = st.builds(slice, st.integers(0, 9), st.integers(4, 12), st.integers(1, 3))


def _pairs(first: slice, second: slice) -> list[tuple[Any, Any]]:
    """Slices of one tensor and of two, an expanded one, another dtype."""
    torch = need_torch()
    x, y = torch.zeros(12), torch.zeros(12)
    a, b = x[first], x[second]
    return [(a, b), (x.view(torch.int16)[5:9], b), (x[:1].expand(5), b), (a, y[second])]


def _kinds() -> list[tuple[Any, Any]]:
    """Views of dtypes that NumPy lacks, of a tensor with a gradient, of parts of complex numbers, windows."""
    torch = need_torch()
    x, short, tiny = (
        torch.zeros(12),
        torch.zeros(12, dtype=torch.bfloat16),
        torch.zeros(12, dtype=torch.float8_e5m2),
    )
    weight, pairs = torch.zeros(12, requires_grad=True), torch.zeros(6, dtype=torch.complex64)
    weight.grad = torch.zeros(12)
    windows = x.unfold(0, 3, 1)
    return [
        *[(short[:6], short[5:]), (short[:6], short[6:]), (short[::2], short[1::2]), (tiny[2:4], tiny[3:])],
        *[(weight, weight[3:]), (weight[:2], weight[2:]), (weight, weight.grad), (x[2:].detach(), x.data)],
        *[(pairs.real, pairs.imag), (pairs, pairs.imag), (pairs.real[:2], pairs[3:])],
        *[(windows, x[11:]), (windows[:3], x[5:]), (windows[:, 0], x[10:]), (torch.nn.Parameter(x), x[:1])],
        *[
            (x.view(torch.int8)[9:12], x[3:]),
            (x.view(torch.int8)[9:13], x[3:]),
            (x.view(torch.complex64)[3:], x[5]),
        ],
        *[(x.view(torch.int8)[4:6], x[4:6]), (x.view(torch.bool)[20], x[5])],
    ]


def _shared_by_mistake(left: Any, right: Any) -> Mistakes:
    """What known ways to compare two tensors' elements give."""

    def numbers(tensor: Any, each: int = 1) -> set[int]:
        starts = {tensor.storage_offset() * each}
        for size, stride in zip(tensor.shape, tensor.stride(), strict=True):
            starts = {start + n * stride * each for start in starts for n in range(size)}
        return {start + n for start in starts for n in range(each)}

    same = left.untyped_storage()._cdata == right.untyped_storage()._cdata
    bytes_of = [numbers(tensor, tensor.element_size()) for tensor in (left, right)]
    ranges = [range(min(found), max(found) + 1) for found in bytes_of if found]
    overlap = same and len(ranges) == 2 and ranges[0].stop > ranges[1].start and ranges[1].stop > ranges[0].start
    return {
        "ranges that overlap may have no element in common": lambda: overlap,
        "one storage was taken for one element; views of it can lie apart": lambda: same,
        "each dimension has a stride of its own; follow them all to the elements": (
            lambda: same and not _along_the_last(left).isdisjoint(_along_the_last(right))
        ),
        "offsets and strides count elements; where those are of different sizes, compare bytes": (
            lambda: same and not numbers(left).isdisjoint(numbers(right))
        ),
        "only where each element begins was compared; the last bytes of one can be the first of another": (
            lambda: same and bool({*_starts(left)} & {*_starts(right)})
        ),
    }


def _along_the_last(tensor: Any) -> set[int]:
    """Bytes of as many elements as there are, one after the other at the last stride."""
    each, step = tensor.element_size(), tensor.stride(-1) if tensor.dim() else 0
    starts = [(tensor.storage_offset() + n * step) * each for n in range(tensor.numel())]
    return {start + n for start in starts for n in range(each)}


def _starts(tensor: Any) -> list[int]:
    """Where in its storage each element begins, in bytes."""
    index = product(*(range(size) for size in tensor.shape))
    steps = [stride * tensor.element_size() for stride in tensor.stride()]
    first = tensor.storage_offset() * tensor.element_size()
    return [first + sum(n * step for n, step in zip(at, steps, strict=True)) for at in index]


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

    for left, right in [*_pairs(first, second), *(_kinds() if first == second == NOTHING else ())]:
        expect(
            student.tensors.shares_element(left, right),
            tensors.shares_element(left, right),
            "collect the bytes of each element; ranges that overlap may have no element in common",
            _shared_by_mistake(left, right),
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
    for left, right in [*pairs, *(_kinds() if first == second == NOTHING else ())]:
        expect(
            student.tensors.shares_storage(left, right),
            tensors.shares_storage(left, right),
            "compare the storages themselves; meta and empty tensors all begin at address 0",
            {
                "views by detach() and .data have no _base, but they share the storage: compare storages": partial(
                    bool, _base(left) is _base(right)
                ),
                "where the first element is says nothing of the storage; compare the storages themselves": partial(
                    bool, left.data_ptr() == right.data_ptr()
                ),
            },
        )


def _base(tensor: Any) -> Any:
    return tensor if tensor._base is None else tensor._base


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
    kept = [(stride, size) for size, stride in zip(shape, strides, strict=True) if size != 1]
    mistakes: Mistakes = {"no stride is that of a new tensor": lambda: None}
    if exact and 0 in shape:
        mistakes = {"without elements there is nothing to be out of place": lambda: False}
    elif exact and 1 in shape:
        mistakes = {
            "the stride of a dimension of size 1 was compared; it is never used, wherever that dimension stands"
            if 1 in shape[1:-1]
            else "the stride of a size of 1 is never used, and need not be that of a new tensor": lambda: False
        }
    elif not exact and any(stride == 0 for stride, _ in kept):
        mistakes = {"an expanded dimension shows one element several times": lambda: True}
    elif not exact and _dense(kept):
        mistakes = {
            "memory without gaps is not enough: the elements must be in the order of their indices": lambda: True
        }
    elif not exact and kept == sorted(kept, reverse=True):
        mistakes = {"strides that fall are not enough: there are gaps, or overlaps": lambda: True}
    expect(
        student.views.is_contiguous(shape, strides),
        exact,
        "skip sizes of 1; then each stride is the product of the later sizes; no elements: contiguous",
        mistakes,
    )


def _dense(kept: list[tuple[int, int]]) -> bool:
    """Whether strides, in some order, are those of a new tensor."""
    strides = [stride for stride, _ in sorted(kept, reverse=True)]
    return strides == reference.contiguous_strides([size for _, size in sorted(kept, reverse=True)])


@points(1, task="3.4")
@given(case=reshapes())
@example(case=([], [], []))
def test_views_of_any_shape(student: Student, case: tuple[list[int], list[int], list[int]]) -> None:
    """Strides of the new shape, or none, for permuted, sliced and expanded views."""
    for each in [case, *(() if case[0] else RESHAPES)]:
        _same_view(student, *each)


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
            REPEATED: lambda: None if _repeated(shape, strides) else ...,
            "these dimensions are not evenly spaced together, so no strides show them as one": (
                lambda: where(sizes, got) if exact is None else ...
            ),
            "those are the strides of a new tensor; this one's elements lie elsewhere": (
                lambda: where(sizes, reference.contiguous_strides(sizes))
            ),
        },
    )


REPEATED = "dimensions with a stride of 0 are evenly spaced together, too: 0 is any size times 0"


def _repeated(shape: list[int], strides: list[int]) -> bool:
    """Whether two neighbours, sizes of 1 left out, both have a stride of 0."""
    kept = [stride for size, stride in zip(shape, strides, strict=True) if size != 1]
    return any(pair == (0, 0) for pair in pairwise(kept))


@points(1, task="3.4")
@given(case=reshapes())
@example(case=([], [], []))
def test_reshapes_of_any_shape(student: Student, case: tuple[list[int], list[int], list[int]]) -> None:
    """Whether they copy; and targets that don't fit, or whose -1 can't be told."""
    shape, strides, _ = case
    for each in [case, *(() if shape else RESHAPES)]:
        _same_copies(student, *each)
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
        {
            "what is not contiguous was taken to be copied always; only what fits no strides is copied": lambda: (
                not reference.is_contiguous(shape, strides)
            ),
            REPEATED: lambda: True if _repeated(shape, strides) else None,
        },
    )


@st.composite
def chains(draw: st.DrawFn) -> tuple[list[int], int, list[list[Any]]]:
    """Sizes, bytes of an element, and up to six operations, each on what the one before gives."""
    shape = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    chain: list[list[Any]] = []
    sizes = shape
    for _ in range(draw(st.integers(1, 6))):
        operation, sizes = draw(operations(sizes, expanded=any(step[0] == "expand" for step in chain)))
        chain.append(operation)
    return shape, draw(st.sampled_from([1, 2, 4, 8, 16])), chain


@points(1, task="3.5")
@given(case=chains())
@example(case=([1], 2, [["contiguous"]]))
def test_chains_of_any_operations(student: Student, case: tuple[list[int], int, list[list[Any]]]) -> None:
    """Up to six operations, each on what the one before gave; and one that is none, anywhere in the chain."""
    shape, itemsize, chain = case
    for start, steps in [(shape, chain), *(CHAINS if shape == [1] else ())]:
        _same_bytes(student, start, itemsize, steps)
    for wrong in ("melt", "view", "Clone"):
        for steps in ([*chain, [wrong]], [[wrong], *chain], [["clone"], [wrong], ["contiguous"]]):
            with expect_raises(
                (ValueError, KeyError),
                naming=wrong,
                hint="an unknown operation is an error wherever it stands in the chain",
            ):
                student.views.allocated_bytes(shape, 2, steps)


def _same_bytes(student: Student, shape: list[int], itemsize: int, chain: list[list[Any]]) -> None:
    exact = reference.allocated_bytes(shape, itemsize, chain)
    several = sum(map(bool, exact)) > 1
    got = student.views.allocated_bytes(shape, itemsize, chain)
    expect(
        got,
        exact,
        "a clone keeps the order of the strides, but no gaps between elements; any other copy is contiguous",
        {
            "every operation was taken for a view": lambda: [0] * len(chain) if several else None,
            "a slice whose stop is not beyond its start is empty; no size is below 0": (
                lambda: got if min(got, default=0) < 0 else None
            ),
            "elements were counted, not bytes": lambda: [n // itemsize for n in exact],
        },
    )


@st.composite
def operations(draw: st.DrawFn, sizes: list[int], *, expanded: bool) -> tuple[list[Any], list[int]]:
    """An operation on a tensor of these sizes, and the sizes it gives; no clone of an expanded tensor."""
    kinds = ["reshape", "expand", "contiguous"] + ["clone"] * (not expanded)
    kinds += ["slice", "transpose"] * bool(sizes) + ["select"] * (bool(sizes) and 0 not in sizes)
    kind = draw(st.sampled_from(kinds))
    dim, other = (draw(st.integers(0, len(sizes) - 1)) if sizes else 0 for _ in range(2))
    if kind == "slice":
        start, step = draw(st.integers(0, sizes[dim])), draw(st.integers(1, 5))
        stop = draw(st.integers(min(start + 1, sizes[dim]) if draw(st.integers(0, 7)) else 0, sizes[dim]))
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
            *[size if size != 1 else draw(st.integers(1, 3)) for size in sizes],
        ]
        return [kind, wanted], wanted
    if kind == "reshape":
        wanted = [size for size in draw(targets(prod(sizes))) if size != -1]
        wanted += [prod(sizes) // prod(wanted)] if prod(sizes) else []
        return [kind, wanted], wanted
    return [kind], sizes
