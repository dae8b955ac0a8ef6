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
    one = {"a tensor without dimensions was taken for empty; it is one number": lambda: 0}
    expect(student.tensors.element_bytes(torch.tensor(1.0)), 4, "one number", one)
    flags = {"a bool takes a whole byte": lambda: 2}
    expect(student.tensors.element_bytes(torch.zeros(16, dtype=torch.bool)), 16, "16 bytes", flags)
    expect(student.tensors.element_bytes(torch.zeros(5, dtype=torch.int16)), 10, "5 elements of 2 bytes")
    expect(student.tensors.element_bytes(torch.zeros(5, dtype=torch.bfloat16)), 10, "5 elements of 2 bytes")
    many = {"numbers of 32 bits can't count these elements": lambda: 4 * (2**30 * 5 % 2**32)}
    expect(student.tensors.element_bytes(torch.zeros(1).expand(2**30, 5)), 5 * 2**32, "5 * 2**30 elements", many)
    _sparse(student)


def _sparse(student: Student) -> None:
    torch = need_torch()
    indices = torch.tensor([[0, 0, 2], [1, 1, 3]])
    twice = torch.sparse_coo_tensor(indices, torch.ones(3), (4, 4), check_invariants=True)
    expect(
        student.tensors.element_bytes(twice),
        60,
        "2 by 3 indices of 8 bytes, and 3 values of 4",
        {
            "a sparse tensor was taken for a dense one; its parts are indices and values": lambda: 64,
            "indices that are there twice were added up first; the tensor holds them as they are": lambda: 40,
        },
    )
    rows = torch.sparse_coo_tensor(indices[:1], torch.ones(3, 5), (4, 5), check_invariants=True)
    number = {"a value was taken for one number; here each index has a row of five": lambda: 3 * 8 + 3 * 4}
    expect(student.tensors.element_bytes(rows), 3 * 8 + 15 * 4, "3 indices, and 3 rows of 5 values", number)
    starts, places = torch.tensor([0, 2, 3, 3], dtype=torch.int32), torch.tensor([0, 3, 1], dtype=torch.int32)
    csr = torch.sparse_csr_tensor(starts, places, torch.ones(3), (3, 4), check_invariants=True)
    eight = {"indices were taken for 8 bytes each; they have a dtype, too": lambda: 4 * 8 + 3 * 8 + 3 * 4}
    expect(student.tensors.element_bytes(csr), 4 * 4 + 3 * 4 + 3 * 4, "4 starts, 3 places and 3 values", eight)
    again = {
        "the memory of one tensor was counted twice; count each storage once, a sparse tensor's too": lambda: 120
    }
    expect(
        student.tensors.held_bytes([twice, twice]),
        60,
        "the list holds one tensor twice; its indices and values are held once",
        again,
    )


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
            "storages were told apart by address, sizes and strides; ask for the storage itself": lambda: 3 * 48,
        },
    )
    expect(
        student.tensors.held_bytes([x[1]]),
        48,
        "as long as a view is there, its whole storage is",
        {"the view's own elements were counted; it keeps the whole storage": lambda: 16},
    )
    expect(
        student.tensors.held_bytes([x[1].detach(), x.data]),
        48,
        "views of one storage, however they were made",
        {
            "views by detach() and .data have no _base, but they share the storage: compare storages": lambda: (
                16 + 48
            ),
            "each view was counted; they share one storage": lambda: 48 + 48,
        },
    )
    raw = torch.zeros(18, dtype=torch.uint8)
    expect(
        student.tensors.held_bytes([raw[:16].view(torch.float64)]),
        18,
        "the storage has 18 bytes, of which the view shows 16",
        {"a storage has bytes, not whole elements of the view's dtype": lambda: 16},
    )
    expect(
        student.tensors.held_bytes([torch.empty(9, device="meta"), x]),
        48,
        "a meta tensor has no memory",
        {"a meta tensor has elements, and no memory": lambda: 36 + 48},
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
    hidden.requires_grad_().grad = torch.zeros(8, 8)
    expect(
        student.tensors.held_bytes([hidden]),
        256,
        "the weight alone",
        {"a gradient counts only where it stands in the list itself": lambda: 512},
    )
    expect(student.tensors.held_bytes([hidden, hidden.grad]), 512, "the weight, and its gradient")
