"""Tasks 4.1 to 4.3, hidden checks: exact FLOPs of random configurations."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grader.oracle import counting
from grader.reference import flops as reference
from tests.harness import Student, expect, expect_raises, points

sizes = st.integers(1, 10**6).map(lambda n: n % 10**6 + 1)
"""From 1 on; what fails is shrunk to 2, since many mistakes look alike at 1."""

small = st.integers(1, 5).map(lambda n: n % 5 + 1)
"""The same, so small that operations can be counted one at a time."""

NOT_FITTING: tuple[tuple[list[int], list[int]], ...] = (
    ([2, 3], [4, 5]),
    ([2, 3, 4], [5, 4, 6]),
    ([3], [4]),
    ([2, 1], [3, 4]),
    ([2, 3], [1, 4]),
    ([1], [3, 4]),
    ([2, 3], [1]),
    ([2, 3], [0, 4]),
    ([0, 2, 3], [5, 3, 4]),
    ([2, 1, 2, 3], [3, 5, 3, 4]),
    ([], [3]),
    ([3], []),
)
"""Shapes whose inner sizes differ, 1 and 0 among them; whose batches differ; that have no size."""


@st.composite
def shapes(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    """Two shapes that can be multiplied: batches broadcast, vectors stand for matrices."""
    batch = draw(st.lists(st.integers(0, 9), max_size=3))
    m, k, n = draw(sizes), draw(sizes), draw(sizes)
    a = [size if draw(st.booleans()) else 1 for size in batch][draw(st.integers(0, len(batch))) :]
    b = batch[draw(st.integers(0, len(batch))) :]
    left = [k] if draw(st.integers(0, 4)) == 0 else [*a, m, k]
    right = [k] if draw(st.integers(0, 4)) == 0 else [*b, k, n]
    return left, right


@points(1, task="4.1")
@given(pair=shapes())
def test_products_of_any_shapes(student: Student, pair: tuple[list[int], list[int]]) -> None:
    """Batched, broadcast, with vectors and empty batches."""
    a, b = pair
    expect(
        student.flops.matmul_flops(a, b),
        reference.matmul_flops(a, b),
        "a vector (K,) is (1, K) on the left and (K, 1) on the right; batches broadcast from the right",
        {"a multiply-add is 2 FLOPs, and was counted as 1": lambda: reference.matmul_flops(a, b) // 2},
    )


@points(0.5, task="4.1")
def test_shapes_that_do_not_fit(student: Student) -> None:
    """Inner sizes, batches and shapes without sizes."""
    for a, b in NOT_FITTING:
        hint = "an inner size of 1 was broadcast; only batches do" if 1 in (a[-1:] + b[-2:]) else ""
        for shape in (a, b):
            with expect_raises(
                ValueError, naming=str(shape), hint=hint or "these don't fit; say so with both shapes"
            ):
                student.flops.matmul_flops(a, b)
    for a, b in (([0, 3], [3, 4]), ([2, 0], [0, 4]), ([0, 2, 3], [1, 3, 4]), ([0], [0])):
        expect(student.flops.matmul_flops(a, b), 0, "a size of 0 is one like others; the product takes nothing")


@points(1, task="4.2")
@given(batch=sizes, d_in=sizes, d_hidden=sizes, d_out=sizes, needs=st.booleans())
def test_two_layers_of_any_size(
    student: Student, batch: int, d_in: int, d_hidden: int, d_out: int, needs: bool
) -> None:
    """Every tensor's FLOPs, for three different widths."""
    expect(
        student.flops.two_layer_flops(batch, d_in, d_hidden, d_out, needs),
        reference.two_layer_flops(batch, d_in, d_hidden, d_out, needs),
        "write each product with its shapes: grad_w1 is x.T @ grad_h1",
        {
            "the gradient of x was counted though x needs none": (
                lambda: reference.two_layer_flops(batch, d_in, d_hidden, d_out, True)
            )
        },
    )


@points(1, task="4.2")
@given(batch=small, widths=st.lists(small, min_size=2, max_size=5), needs=st.booleans())
def test_chains_equal_a_count_by_hand(student: Student, batch: int, widths: list[int], needs: bool) -> None:
    """Small chains, against operations counted one at a time."""
    expect(
        student.flops.linear_chain_flops(batch, widths, needs),
        counting.chain(batch, widths, needs),
        "the first layer's input gradient is computed only when x needs one",
        {"the gradient of x was counted though x needs none": lambda: counting.chain(batch, widths, True)},
    )


@points(0.5, task="4.2")
def test_a_chain_needs_a_layer(student: Student) -> None:
    """One width makes no layer, and none makes none."""
    with expect_raises(ValueError, naming="7", hint="one width was taken for a chain; it makes no layer"):
        student.flops.linear_chain_flops(2, [7], True)
    with expect_raises(ValueError, naming="", hint="no widths were taken for a chain; they make no layer"):
        student.flops.linear_chain_flops(2, [], False)


@points(1, task="4.3")
@given(layers=sizes, d_model=sizes, seq=sizes, tokens=sizes)
def test_attention_is_12_layers_width_length(
    student: Student, layers: int, d_model: int, seq: int, tokens: int
) -> None:
    """12·L·D·T for each token, in training."""
    exact = 12 * layers * d_model * seq * tokens
    expect(
        student.flops.attention_flops(layers, d_model, seq, tokens),
        exact,
        "two products, two FLOPs each, and three times that for training",
        {
            "only the forward pass was counted": lambda: exact // 3,
            "half of the square was left out; count it whole": lambda: exact // 2,
        },
    )


@points(1, task="4.3")
@given(batch=sizes, widths=st.lists(sizes, min_size=2, max_size=6))
def test_the_overcount_is_exact(student: Student, batch: int, widths: list[int]) -> None:
    """6·N·B minus the truth, for any chain."""
    expect(student.flops.rule_overcount(batch, widths), 2 * batch * widths[0] * widths[1], "2·batch·d0·d1")


@points(0.5, task="4.3")
@given(parameters=st.integers(0, 10**13), tokens=st.integers(0, 10**14))
def test_the_rule_for_any_model(student: Student, parameters: int, tokens: int) -> None:
    """6·N·D, exact however large."""
    exact = 6 * parameters * tokens
    expect(
        student.flops.training_flops(parameters, tokens),
        exact,
        "2·N·D forward and 4·N·D backward; integers are exact in Python",
        {"only the forward pass was counted": lambda: exact // 3, "floats were used": lambda: int(float(exact))},
    )
