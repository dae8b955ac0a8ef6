"""Task 2.2, public checks: what tensors hold in memory."""

from __future__ import annotations

from tests.harness import Student, expect, need_torch, points


@points(0.5, task="2.2")
def test_elements_count_by_index(student: Student) -> None:
    """Bytes of a tensor's elements: a matrix, a row of it, an expanded column."""
    torch = need_torch()
    x = torch.zeros(3, 4)
    expect(student.tensors.element_bytes(x), 48, "12 elements of 4 bytes")
    whole = {"the whole storage was counted; these are the bytes of the view's elements": lambda: 48}
    expect(student.tensors.element_bytes(x[1]), 16, "a row has 4 elements", whole)
    expect(student.tensors.element_bytes(x[:, :1].expand(3, 100)), 1200, "300 elements, though 3 are in memory")


@points(0.5, task="2.2")
def test_views_have_no_memory_of_their_own(student: Student) -> None:
    """Memory counts by storage: rows and transposed views of one tensor."""
    torch = need_torch()
    x = torch.zeros(3, 4)
    expect(
        student.tensors.held_bytes([x, x.t(), x[1]]),
        48,
        "one storage, counted once",
        {
            "each view was counted; they share one storage": lambda: 48 + 48 + 16,
            "storages were told apart by where a view begins": lambda: 48 + 48,
        },
    )
    expect(
        student.tensors.held_bytes([x[1]]),
        48,
        "as long as a view is there, its whole storage is",
        {"the view's own elements were counted; it keeps the whole storage": lambda: 16},
    )


@points(1, task="2.2")
def test_tied_weights_count_once(student: Student) -> None:
    """An embedding that is also the output layer's weight is held once; equal values are not the same memory."""
    torch = need_torch()
    embedding, hidden = torch.zeros(50, 8), torch.zeros(8, 8)
    expect(
        student.tensors.held_bytes([embedding, hidden, embedding]),
        50 * 8 * 4 + 8 * 8 * 4,
        "the same tensor twice is one storage",
        {"the tied weight was counted twice": lambda: 2 * 50 * 8 * 4 + 8 * 8 * 4},
    )
    expect(
        student.tensors.held_bytes([hidden, hidden.clone()]),
        512,
        "a clone has a storage of its own",
        {"equal contents were taken for the same storage": lambda: 256},
    )
