"""Tasks 3.1 to 3.5, public checks: views, storages and copies."""

from __future__ import annotations

from functools import partial

from tests import recorded
from tests.harness import Student, expect, expect_answer, expect_raises, expect_that, need_torch, points


@points(0.25, task="3.1")
def test_strides_of_new_tensors(student: Student) -> None:
    """One step in a dimension passes over all elements of the later ones."""
    expect(
        student.views.contiguous_strides([2, 3, 4]),
        [12, 4, 1],
        "one step in a dimension passes over all elements of the later ones",
        {"those are the strides of a transposed tensor; the last dimension's is 1": lambda: [1, 2, 6]},
    )
    expect(student.views.contiguous_strides([]), [], "a number has no dimension")
    expect(
        student.views.contiguous_strides([3, 0, 5]),
        [5, 5, 1],
        "a size of 0 counts as 1",
        {"a size of 0 counts as 1": lambda: [0, 5, 1]},
    )
    expect(
        student.views.contiguous_strides([2, 2**16, 2**16 + 1]),
        [2**32 + 2**16, 2**16 + 1, 1],
        "torch counts in 64 bits",
        {"32 bits can't hold these strides": lambda: [2**16, 2**16 + 1, 1]},
    )


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
    expect(
        student.views.storage_position([-1, 0], [3, 4], [4, 1], 0),
        8,
        "-1 is the last row, number 2",
        {"a negative index was multiplied as it is; it counts from the end": lambda: -4},
    )
    far = {"32 bits can't hold this position": lambda: 0}
    expect(student.views.storage_position([2**16, 0], [2**17, 2], [2**16, 1], 0), 2**32, "2**16 * 2**16", far)
    for index, naming, hint in (
        ([3, 0], ("3", "[3, 0]"), "there are rows 0, 1 and 2"),
        ([-4, 0], ("-4", "[-4, 0]"), "an index that is too far below 0 doesn't go round; it is out of range"),
        ([1], ("",), "too few indices"),
        ([1, 2, 0], ("[1, 2, 0]", "0", "3"), "too many indices"),
    ):
        with expect_raises(IndexError, naming=naming, hint=hint):
            student.views.storage_position(index, [3, 4], [4, 1], 0)


@points(0.5, task="3.2")
def test_views_share_a_storage_and_copies_do_not(student: Student) -> None:
    """Views of one tensor share its storage, even where they don't overlap; copies and empty tensors don't."""
    torch = need_torch()
    x = torch.zeros(3, 4)
    for view in (x, x.t(), x[1:, ::2], x.view(2, 6), x[:0]):
        expect(student.tensors.shares_storage(x, view), True, "a view shows the same storage")
    for view in (x[1:].detach(), x.data):
        hint = "views by detach() and .data have no _base, but they share the storage: compare storages"
        expect(student.tensors.shares_storage(x, view), True, hint)
    for copy in (x.clone(), x.t().reshape(12), x[[0, 1]], x.double()):
        expect(student.tensors.shares_storage(x, copy), False, "this is a copy")
    hint = "two tensors were made; that both begin at address 0 says nothing"
    meta = torch.empty(3, device="meta")
    for one, other, shared in (
        (torch.empty(0), torch.empty(0), False),
        (meta, torch.empty(3, device="meta"), False),
        (meta, meta[1:], True),
        (x[:0], x[1:], True),
    ):
        expect(
            student.tensors.shares_storage(one, other), shared, hint if not shared else "one storage, and a view"
        )


@points(0.5, task="3.2")
def test_columns_in_turn_share_nothing(student: Student) -> None:
    """Even and odd columns overlap as ranges, and have no element in common."""
    x = need_torch().zeros(3, 4)
    expect(student.tensors.shares_element(x[:2], x[1:]), True, "row 1 is in both")
    expect(
        student.tensors.shares_element(x[:, ::2], x[:, 1::2]),
        False,
        "even and odd columns take turns in memory, so that their ranges overlap, but no element is in both",
    )
    torch = need_torch()
    short = torch.zeros(6, dtype=torch.bfloat16)
    expect(student.tensors.shares_element(short[:4], short[3:]), True, "number 3 is in both")
    steps = "each dimension has a stride of its own; follow them all to the elements"
    expect(student.tensors.shares_element(x[:, :2], x[0, 2:]), False, steps)
    halves = "offsets and strides count elements; where those are of different sizes, compare bytes"
    expect(student.tensors.shares_element(x[0].view(torch.int16)[2:4], x[0, 2:]), False, halves)
    expect(student.tensors.shares_element(x[0].view(torch.int16)[6:], x[0, 3:]), True, halves)
    last = "an element is all of its bytes: the last of one may be the first of another"
    expect(student.tensors.shares_element(x[0].view(torch.complex64)[:1], x[0, 1:2]), True, last)
    expect(student.tensors.shares_element(x[0].view(torch.float64)[1:], x[0].view(torch.int8)[13:14]), True, last)


@points(0.75, task="3.3")
def test_contiguity_is_read_off_the_strides(student: Student) -> None:
    """A new tensor is contiguous, a transposed one is not, and a size of 1 does not count."""
    cases = [
        ([3, 4], [4, 1], True, "these are the strides of a new tensor"),
        (
            [4, 3],
            [1, 4],
            False,
            "transposed: memory without gaps is not enough, but in the order of their indices",
        ),
        (
            [3, 2],
            [4, 1],
            False,
            "strides that never grow are not enough: each stride must be the product of the later sizes",
        ),
        (
            [2, 1, 3],
            [3, 8, 1],
            True,
            "the stride of a dimension of size 1 was compared; it is never used, wherever that dimension stands",
        ),
        ([5, 1], [1, 5], True, "the stride of a dimension of size 1 is never used"),
        ([3, 1], [4, 1], False, "x[:, :1]: its elements are 4 apart"),
        ([0, 4], [1, 7], True, "without elements there is nothing to be out of place"),
        ([3], [0], False, "an expanded number: one element, three times"),
    ]
    for shape, strides, contiguous, hint in cases:
        expect(student.views.is_contiguous(shape, strides), contiguous, hint)


@points(0.75, task="3.4")
def test_a_view_where_strides_allow_one(student: Student) -> None:
    """A contiguous tensor has a view in any shape; a transposed one only where no dimensions are joined."""
    expect(student.views.view_strides([3, 4], [4, 1], [2, 6]), [6, 1], "as a new tensor of that shape")
    expect(student.views.view_strides([3, 4], [4, 1], [-1]), [1], "-1 is what is left: 12")
    expect(student.views.view_strides([4, 3], [1, 4], [12]), None, "position 3, 0 would be followed by 0, 1")
    expect(
        student.views.view_strides([4, 3], [1, 4], [2, 2, 3]),
        [2, 1, 4],
        "4 splits into 2 by 2, and 3 stays what it is",
        {
            "a tensor that is not contiguous can have views": lambda: None,
            "those are the strides of a new tensor; this one's elements lie elsewhere": lambda: [6, 3, 1],
        },
    )
    beside = {"skip dimensions of size 1 before joining others: their stride is never used": lambda: None}
    expect(student.views.view_strides([3, 1, 5], [5, 77, 1], [15]), [1], "3 and 5 join over the 1", beside)
    repeated = {
        "dimensions with a stride of 0 are evenly spaced together, too: 0 is any size times 0": lambda: None
    }
    expect(student.views.view_strides([3, 4], [0, 0], [12]), [0], "the same number twelve times", repeated)
    expect(
        student.views.view_strides([3, 4], [8, 1], [3, 2, 2]),
        [8, 2, 1],
        "rows are 8 apart, as before",
        {"those are the strides of a new tensor; this one's elements lie elsewhere": lambda: [4, 2, 1]},
    )
    for target, hint in (
        ([5, -1], "no size makes 12 of 5"),
        ([-3], "only -1 stands for what is left"),
        ([-4, -3], "only -1 stands for what is left, and no size is below it, whatever the product"),
        ([-1, -1], "there may be one -1"),
    ):
        with expect_raises(ValueError, naming=str(target), hint=hint):
            student.views.view_strides([3, 4], [4, 1], target)
        with expect_raises(ValueError, naming=str(target), hint=f"as in view_strides: {hint}"):
            student.views.reshape_copies([3, 4], [4, 1], target)
    with expect_raises(
        ValueError,
        naming="[]",
        hint="[] is the shape of 1 element, and this tensor has 0 elements: raise ValueError",
    ):
        student.views.view_strides([0, 3], [3, 1], [])
    with expect_answer("the other sizes tell what the -1 is: 0 elements are 3 times 0"):
        nothing = student.views.view_strides([3, 0], [1, 1], [-1, 3])
    expect_that(len(nothing or []) == 2, "two strides, whatever they are", f"{nothing!r}", "-1 is 0 here")
    with expect_raises(ValueError, naming="[-1, 0]", hint="any size would do for the -1"):
        student.views.view_strides([3, 0], [1, 1], [-1, 0])


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
        mistakes = {
            "what is not contiguous was taken to be copied always; only what fits no strides is copied": partial(
                bool, strides != [4, 1]
            )
        }
        expect(student.views.reshape_copies(shape, strides, target), copies, hint, mistakes)


@points(0.75, task="3.5")
def test_a_chain_allocates_only_where_it_copies(student: Student) -> None:
    """Transposing allocates nothing, reshaping after it does, and contiguous() of the result does not again."""
    chain = [["transpose", 0, 1], ["reshape", [12]], ["contiguous"], ["slice", 0, 0, 12, 2], ["contiguous"]]
    expect(
        student.views.allocated_bytes([3, 4], 4, chain),
        [0, 48, 0, 0, 24],
        "48 bytes for the reshape, which must copy; 24 for the six elements of the slice",
        {
            "a reshape that must copy was taken for a view": lambda: [0, 0, 0, 0, 24],
            "contiguous() of a contiguous tensor is that tensor": lambda: [0, 48, 48, 0, 24],
        },
    )
    for steps, sizes, hint in (
        (
            [["slice", 0, 2, 1, 1], ["clone"]],
            [0, 0],
            "a slice whose stop is not beyond its start is empty; no size is below 0",
        ),
        (
            [["slice", 0, 0, 3, 2], ["clone"]],
            [0, 32],
            "the last step of a slice may be a short one: rows 0 and 2",
        ),
        (
            [["slice", 1, 0, 2, 1], ["clone"], ["contiguous"]],
            [0, 24, 0],
            "a clone has no gaps between its elements, even if what was cloned has",
        ),
        (
            [["transpose", 0, 1], ["slice", 0, 0, 2, 1], ["clone"], ["contiguous"]],
            [0, 0, 24, 24],
            "a clone keeps the order of the strides: the clone of a transposed tensor is transposed, too",
        ),
    ):
        expect(student.views.allocated_bytes([3, 4], 4, steps), sizes, hint)
    expect(
        student.views.allocated_bytes([3, 4], 4, [["clone"]]),
        [48],
        "a clone is always a copy",
        {"a clone is always a copy": lambda: [0]},
    )
    for steps in ([["melt"]], [["contiguous"], ["melt"]]):
        with expect_raises(
            (ValueError, KeyError),
            naming="melt",
            hint="an unknown operation is an error wherever it stands in the chain",
        ):
            student.views.allocated_bytes([3, 4], 4, steps)


@points(0.25, task="3.1")
def test_recorded_answers_3_1(student: Student) -> None:
    """Small inputs, the shortest first, with the answers that known mistakes give."""
    recorded.compare(student, "3.1")


@points(0.25, task="3.3")
def test_recorded_answers_3_3(student: Student) -> None:
    """Small inputs, the shortest first, with the answers that known mistakes give."""
    recorded.compare(student, "3.3")


@points(0.25, task="3.4")
def test_recorded_answers_3_4(student: Student) -> None:
    """Small inputs, the shortest first, with the answers that known mistakes give."""
    recorded.compare(student, "3.4")


@points(0.25, task="3.5")
def test_recorded_answers_3_5(student: Student) -> None:
    """Small inputs, the shortest first, with the answers that known mistakes give."""
    recorded.compare(student, "3.5")
