"""Task 2.2, hidden checks: tensors of every kind, alone and together."""

from __future__ import annotations

from functools import partial
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.harness import Student, expect, need_torch, points
from tests.harness.student import Mistakes
from tests.mistakes import FLOATS

PLURAL = "each storage once, whole, and none for meta tensors"
WHOLE = "a storage has bytes, not whole elements of the view's dtype"
DTYPES = (
    "bool bfloat16 float16 float32 float64 float8_e4m3fn float8_e5m2 complex64 complex128 "
    "int8 uint8 int16 uint16 int32 int64"
).split()
"""Dtypes of all kinds and sizes; helpers for floats or for NumPy's dtypes don't take all of them."""


def _views(data: st.DataObject) -> list[Any]:
    """Random views of up to four tensors of any dtype, and of a storage of any number of bytes."""
    torch = need_torch()
    dtypes = [getattr(torch, name) for name in DTYPES]
    drawn_dtypes = data.draw(st.lists(st.sampled_from(dtypes), min_size=1, max_size=4))
    bases = [torch.zeros(4, 6, dtype=dtype) for dtype in drawn_dtypes]
    views = [lambda x: x, lambda x: x[1:, ::2], lambda x: x.t(), lambda x: x[:0], lambda x: x[0, :1].expand(7)]
    drawn = data.draw(st.lists(st.tuples(st.sampled_from(bases), st.sampled_from(views)), max_size=6))
    raw = torch.zeros(data.draw(st.integers(0, 40)), dtype=torch.uint8)
    parts = [raw[: len(raw) // 16 * 16].view(data.draw(st.sampled_from(dtypes))) for _ in range(2)]
    return [
        *(view(base) for base, view in drawn),
        *data.draw(st.lists(st.sampled_from([raw, *parts]), max_size=2)),
    ]


@points(0.5, task="2.2")
@given(data=st.data())
def test_elements_of_any_view(student: Student, data: st.DataObject) -> None:
    """Elements times their size, for several dtypes."""
    torch = need_torch()

    for tensor in [*_views(data), torch.zeros(3, dtype=torch.bool), torch.zeros(3, dtype=torch.complex64)]:
        size = tensor.numel() * tensor.element_size()
        expect(
            student.tensors.element_bytes(tensor),
            size,
            "elements times their size",
            {
                "a bool takes a whole byte": partial(
                    int, -(-size // 8) if str(tensor.dtype) == "torch.bool" else -1
                ),
                "both parts of a complex number count": partial(int, size // 2 if tensor.is_complex() else -1),
                "the whole storage was counted; these are the bytes of the view's elements": (
                    partial(int, tensor.untyped_storage().nbytes())
                ),
                "sizes of 4 bytes were taken for all dtypes": partial(int, tensor.numel() * 4),
            },
        )


@points(0.5, task="2.2")
@given(data=st.data())
def test_any_set_of_views(student: Student, data: st.DataObject) -> None:
    """Storages of several dtypes, with random views of them, in any order and any number."""
    tensors = _views(data)
    from grader.reference import tensors as reference  # not above: it imports torch, and most gradings need none

    held = reference.held_bytes(tensors)
    expect(
        student.tensors.held_bytes(tensors),
        held,
        PLURAL,
        {
            "the elements were added up; views share a storage": lambda: sum(
                map(reference.element_bytes, tensors)
            ),
            WHOLE: lambda: _in_whole_elements(tensors),
        },
    )


def _in_whole_elements(tensors: list[Any]) -> int:
    """What is held, if each storage is cut to whole elements of the last view's dtype."""
    storages = {tensor.untyped_storage()._cdata: tensor for tensor in tensors}
    sizes = [(tensor.untyped_storage().nbytes(), tensor.element_size()) for tensor in storages.values()]
    return sum(held // each * each for held, each in sizes)


@points(1, task="2.2")
def test_meta_empty_and_sparse_tensors(student: Student) -> None:
    """No memory behind a meta tensor, a whole storage behind a slice or a number, the parts of a sparse tensor."""
    torch = need_torch()
    meta = torch.empty(1000, 1000, device="meta")
    expect(student.tensors.element_bytes(meta), 4_000_000, "a meta tensor has elements")
    _held(student, [meta, meta[0]], 0, "a meta tensor has elements, and no memory")
    x, y = torch.zeros(100), torch.zeros(50)
    _held(student, [x[:0], y[:0]], 600, "both slices are empty, and each keeps its storage")
    _held(student, [torch.empty(0), torch.empty(0)], 0, "nothing is held")
    _held(student, [x.view(torch.uint8), x], 400, "another dtype, the same storage")
    for count, dtype in ((10, torch.float32), (30, torch.complex128), (7, torch.int16)):
        raw = torch.zeros(count, dtype=torch.uint8)
        cut = raw[: count // 16 * 16 or count // 4 * 4].view(dtype)
        _held(
            student, [cut], count, WHOLE, {WHOLE: partial(int, count // cut.element_size() * cut.element_size())}
        )
    alone = {
        "views by detach() and .data have no _base, but they share the storage: compare storages": partial(
            int, 200
        )
    }
    for view in (x[50:].detach(), x[50:].data, torch.nn.Parameter(x[:50])):
        _held(student, [view], 400, "however a view was made, it keeps the storage as a whole", alone)
    _held(
        student,
        [x[:50].detach(), x, x[50:].data],
        400,
        "views of one storage",
        {"each view was counted": lambda: 800},
    )
    _held(student, [torch.zeros(100).resize_(2)], 400, "fewer elements, the same storage")
    _gradients(student)
    _large(student)
    without = {"a tensor without dimensions was taken for empty; it is one number": lambda: 0}
    for number, held in ((torch.tensor(1.0), 4), (x[7], 400)):
        expect(student.tensors.element_bytes(number), 4, "one element", without)
        _held(student, [number], held, "a number is an element of its storage")
    _sparse(student)


def _gradients(student: Student) -> None:
    """A gradient has memory of its own, which counts where it stands in the list itself."""
    torch = need_torch()
    weight = torch.zeros(100, requires_grad=True)
    weight.grad = torch.zeros(100)
    counted = {"a gradient counts only where it stands in the list itself": lambda: 800}
    expect(student.tensors.element_bytes(weight), 400, "a hundred numbers of 4 bytes", counted)
    _held(student, [weight, weight[:3]], 400, "without its gradient", counted)
    _held(student, [weight, weight.grad], 800, "a weight, and its gradient")
    _held(student, [weight.grad], 400, "a gradient alone")


def _large(student: Student) -> None:
    """More elements than 32 bits count, or than a float can tell; few are in memory."""
    torch = need_torch()
    small = {
        "numbers of 32 bits can't count these elements": lambda: 4 * (2**31 * 3 % 2**32),
        FLOATS: lambda: 2**53,
    }
    for tensor, size, held in (
        (torch.zeros(1).expand(2**31, 3), 3 * 2**33, 4),
        (torch.zeros(1, dtype=torch.int8).expand(2**53 + 1), 2**53 + 1, 1),
        (torch.empty(2**31, 3, device="meta"), 3 * 2**33, 0),
    ):
        expect(student.tensors.element_bytes(tensor), size, "elements times their size", small)
        _held(student, [tensor], held, "what is in memory, however often it is shown")


def _sparse(student: Student) -> None:
    """Dense parts of every kind: with 4-byte indices, an index twice, slices, shared ones."""
    torch = need_torch()
    rows, places, ones, long = torch.arange(11), torch.arange(10), torch.ones(10), torch.ones(50)
    coo = partial(torch.sparse_coo_tensor, size=(10, 10), check_invariants=True)
    csr = partial(torch.sparse_csr_tensor, size=(10, 10), check_invariants=True)
    plain, eight = csr(rows, places, ones), "indices were taken for 8 bytes each; they have a dtype, too"
    twice = "indices that are there twice were added up first; the tensor holds them as they are"
    cut = "bytes of the parts' elements; each part keeps its whole storage"
    rows_of_values = "a value was taken for one number; here each index has a row of ten"
    for tensor, size, held, mistakes in (
        (coo(torch.stack([places, places]), ones), 200, 200, {}),
        (coo(torch.tensor([[0, 0, 1], [1, 1, 2]]), torch.ones(3)), 60, 60, {twice: 40}),
        (coo(torch.tensor([[0, 1, 5]]), torch.ones(3, 10)), 144, 144, {rows_of_values: 36}),
        (coo(torch.tensor([[0, 1, 5]]), torch.ones(1).expand(3, 10)), 144, 28, {}),
        (coo(torch.stack([places, places]), long[:10]), 200, 360, {cut: 200}),
        (plain, 208, 208, {}),
        (csr(rows.int(), places.int(), ones), 124, 124, {eight: 208}),
        (csr(rows, places, long[:10]), 208, 368, {cut: 208}),
    ):
        named: Mistakes = {sentence: partial(int, wrong) for sentence, wrong in mistakes.items()}
        dense: Mistakes = {
            "a sparse tensor was taken for a dense one; its parts are indices and values": lambda: 400
        }
        got = student.tensors.element_bytes(tensor)
        expect(got, size, "the bytes of the indices and of the values", {**dense, **named})
        _held(student, [tensor, tensor], held, "each part's storage, whole and once", named)
    _held(
        student,
        [plain, ones, long[:5], places],
        408,
        "a sparse tensor's part and a dense tensor may share a storage",
    )


def _held(student: Student, tensors: list[Any], size: int, hint: str, mistakes: Mistakes | None = None) -> None:
    expect(student.tensors.held_bytes(tensors), size, hint, mistakes)
