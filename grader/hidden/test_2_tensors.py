"""Task 2.2, hidden checks: tensors of every kind, alone and together."""

from __future__ import annotations

from functools import partial
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.harness import Student, expect, need_torch, points
from tests.harness.expect import Mistakes

PLURAL = "each storage once, whole, and none for meta tensors"


def _views(data: st.DataObject) -> list[Any]:
    """Random views of up to four tensors of several dtypes."""
    torch = need_torch()
    dtypes = [torch.float32, torch.bfloat16, torch.int8, torch.float64]
    bases = [torch.zeros(4, 6, dtype=dtypes[n % 4]) for n in range(data.draw(st.integers(1, 4)))]
    views = [lambda x: x, lambda x: x[1:, ::2], lambda x: x.t(), lambda x: x[:0], lambda x: x[0, :1].expand(7)]
    drawn = data.draw(st.lists(st.tuples(st.sampled_from(bases), st.sampled_from(views)), max_size=6))
    return [view(base) for base, view in drawn]


@points(0.5, task="2.2")
@given(data=st.data())
def test_elements_of_any_view(student: Student, data: st.DataObject) -> None:
    """Elements times their size, for several dtypes."""
    for tensor in _views(data):
        size = tensor.numel() * tensor.element_size()
        expect(student.tensors.element_bytes(tensor), size, "elements times their size")


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
        {"the elements were added up; views share a storage": lambda: sum(map(reference.element_bytes, tensors))},
    )


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
    without = {"a tensor without dimensions was taken for empty; it is one number": lambda: 0}
    for number, held in ((torch.tensor(1.0), 4), (x[7], 400)):
        expect(student.tensors.element_bytes(number), 4, "one element", without)
        _held(student, [number], held, "a number is an element of its storage")
    _sparse(student)


def _sparse(student: Student) -> None:
    """Dense parts of every kind: with 4-byte indices, an index twice, slices, shared ones."""
    torch = need_torch()
    rows, places, ones, long = torch.arange(11), torch.arange(10), torch.ones(10), torch.ones(50)
    coo = partial(torch.sparse_coo_tensor, size=(10, 10), check_invariants=True)
    csr = partial(torch.sparse_csr_tensor, size=(10, 10), check_invariants=True)
    plain, eight = csr(rows, places, ones), "indices were taken for 8 bytes each; they have a dtype, too"
    twice = "indices that are there twice were added up first; the tensor holds them as they are"
    cut = "bytes of the parts' elements; each part keeps its whole storage"
    for tensor, size, held, mistakes in (
        (coo(torch.stack([places, places]), ones), 200, 200, {}),
        (coo(torch.tensor([[0, 0, 1], [1, 1, 2]]), torch.ones(3)), 60, 60, {twice: 40}),
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
