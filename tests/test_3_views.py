"""Tasks 3.1 to 3.5, public checks: views, storages and copies."""

from __future__ import annotations

from tests.harness import Student, expect, expect_raises, need_torch, points


@points(0.5, task="3.1")
def test_strides_of_new_tensors(student: Student) -> None:
    """One step in a dimension passes over all elements of the later ones."""
    expect(
        student.views.contiguous_strides([2, 3, 4]),
        [12, 4, 1],
        "one step in a dimension passes over all elements of the later ones",
        {"those are the strides of a transposed tensor; the last dimension's is 1": lambda: [1, 2, 6]},
    )
    expect(student.views.contiguous_strides([]), [], "a number has no dimension")


@points(0.5, task="3.1")
def test_an_element_is_found_by_strides_and_offset(student: Student) -> None:
    """Positions in a matrix, in its transposed view and in a slice."""
    expect(student.views.storage_position([1, 2], [3, 4], [4, 1], 0), 6, "1 * 4 + 2 * 1")
    expect(student.views.storage_position([2, 1], [4, 3], [1, 4], 0), 6, "the transposed view: 2 * 1 + 1 * 4")
    expect(
        student.views.storage_position([1], [4], [1], 8),
        9,
        "the row begins at its offset",
        {"the offset was left out": lambda: 1},
    )
    expect(student.views.storage_position([-1, 0], [3, 4], [4, 1], 0), 8, "-1 is the last row, number 2")
    with expect_raises(IndexError, naming="3"):
        student.views.storage_position([3, 0], [3, 4], [4, 1], 0)


@points(0.5, task="3.2")
def test_views_share_a_storage_and_copies_do_not(student: Student) -> None:
    """Views of one tensor share its storage, even where they don't overlap; copies and empty tensors don't."""
    torch = need_torch()
    x = torch.zeros(3, 4)
    for view in (x, x.t(), x[1:, ::2], x.view(2, 6), x[:0]):
        expect(student.tensors.shares_storage(x, view), True, "a view shows the same storage")
    for copy in (x.clone(), x.t().reshape(12), x[[0, 1]], x.double()):
        expect(student.tensors.shares_storage(x, copy), False, "this is a copy")
    expect(
        student.tensors.shares_storage(torch.empty(0), torch.empty(0)),
        False,
        "two tensors were made; that both begin at address 0 says nothing",
    )


@points(0.5, task="3.2")
def test_columns_in_turn_share_nothing(student: Student) -> None:
    """Even and odd columns overlap as ranges, and have no element in common."""
    x = need_torch().zeros(3, 4)
    expect(student.tensors.shares_element(x[:2], x[1:]), True, "row 1 is in both")
    expect(
        student.tensors.shares_element(x[:, ::2], x[:, 1::2]),
        False,
        "even and odd columns lie between each other, and have no element in common",
    )


@points(1, task="3.3")
def test_contiguity_is_read_off_the_strides(student: Student) -> None:
    """A new tensor is contiguous, a transposed one is not, and a size of 1 does not count."""
    cases = [
        ([3, 4], [4, 1], True, "these are the strides of a new tensor"),
        ([4, 3], [1, 4], False, "transposed: neighbours in a row are 4 apart"),
        ([3, 2], [4, 1], False, "two columns of four: there are gaps"),
        ([5, 1], [1, 5], True, "the stride of a dimension of size 1 is never used"),
        ([3, 1], [4, 1], False, "x[:, :1]: its elements are 4 apart"),
        ([0, 4], [1, 7], True, "without elements there is nothing to be out of place"),
        ([3], [0], False, "an expanded number: one element, three times"),
    ]
    for shape, strides, contiguous, hint in cases:
        expect(student.views.is_contiguous(shape, strides), contiguous, hint)


@points(1, task="3.4")
def test_a_view_where_strides_allow_one(student: Student) -> None:
    """A contiguous tensor has a view in any shape; a transposed one only where no dimensions are joined."""
    expect(student.views.view_strides([3, 4], [4, 1], [2, 6]), [6, 1], "as a new tensor of that shape")
    expect(student.views.view_strides([3, 4], [4, 1], [-1]), [1], "-1 is what is left: 12")
    expect(student.views.view_strides([4, 3], [1, 4], [12]), None, "position 3, 0 would be followed by 0, 1")
    expect(
        student.views.view_strides([4, 3], [1, 4], [2, 2, 3]),
        [2, 1, 4],
        "4 splits into 2 by 2, and 3 stays what it is",
        {"a tensor that is not contiguous can have views": lambda: None},
    )
    with expect_raises(ValueError, naming="[5, -1]"):
        student.views.view_strides([3, 4], [4, 1], [5, -1])


@points(1, task="3.4")
def test_reshape_copies_only_when_it_must(student: Student) -> None:
    """Not contiguous is not the same as copied."""
    cases = [
        ([3, 4], [4, 1], [4, 3], False, "contiguous: a view of any shape"),
        ([4, 3], [1, 4], [12], True, "no stride shows the columns one after the other"),
        ([4, 3], [1, 4], [4, 1, 3], False, "a size of 1 can be put anywhere"),
        ([5, 12], [0, 1], [5, 3, 4], False, "12 splits, and the repeated dimension stays"),
        ([5, 12], [0, 1], [60], True, "five times the same 12: no one stride does that"),
    ]
    for shape, strides, target, copies, hint in cases:
        expect(student.views.reshape_copies(shape, strides, target), copies, hint)


@points(1, task="3.5")
def test_a_chain_allocates_only_where_it_copies(student: Student) -> None:
    """Transposing allocates nothing, reshaping after it does, and contiguous() of the result does not again."""
    chain = [["transpose", 0, 1], ["reshape", [12]], ["contiguous"], ["slice", 0, 0, 12, 2], ["contiguous"]]
    expect(
        student.views.allocated_bytes([3, 4], 4, chain),
        [0, 48, 0, 0, 24],
        "48 bytes for the reshape, which must copy; 24 for the six elements of the slice",
        {
            "the first reshape was taken for a view": lambda: [0, 0, 0, 0, 24],
            "contiguous() of a contiguous tensor is that tensor": lambda: [0, 48, 48, 0, 24],
        },
    )
    with expect_raises((ValueError, KeyError), naming="melt"):
        student.views.allocated_bytes([3, 4], 4, [["melt"]])
