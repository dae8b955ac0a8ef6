"""Task 2.2, hidden checks: tensors of every kind, alone and together."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.harness import Student, expect, need_torch, points

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
    """No memory behind a meta tensor, a whole storage behind an empty slice, the parts of a sparse one."""
    torch = need_torch()
    meta = torch.empty(1000, 1000, device="meta")
    expect(student.tensors.element_bytes(meta), 4_000_000, "a meta tensor has elements")
    _held(student, [meta, meta[0]], 0, "a meta tensor has elements, and no memory")
    x, y = torch.zeros(100), torch.zeros(50)
    _held(student, [x[:0], y[:0]], 600, "both slices are empty, and each keeps its storage")
    _held(student, [torch.empty(0), torch.empty(0)], 0, "nothing is held")
    _held(student, [x.view(torch.uint8), x], 400, "another dtype, the same storage")
    places, ones = torch.arange(10), torch.ones(10)
    coo = torch.sparse_coo_tensor(torch.stack([places, places]), ones, (10, 10), check_invariants=True)
    csr = torch.sparse_csr_tensor(torch.arange(11), places, ones, (10, 10), check_invariants=True)
    dense = "a sparse tensor was taken for a dense one; its parts are indices and values"
    for tensor, size in ((coo, 2 * 10 * 8 + 10 * 4), (csr, 11 * 8 + 10 * 8 + 10 * 4)):
        got = student.tensors.element_bytes(tensor)
        expect(got, size, "the bytes of the indices and of the values", {dense: lambda: 400})
        _held(student, [tensor, tensor], size, "each part's storage, once")


def _held(student: Student, tensors: list[Any], size: int, hint: str) -> None:
    expect(student.tensors.held_bytes(tensors), size, hint)
