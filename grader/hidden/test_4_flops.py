"""Tasks 4.1 to 4.3, hidden checks: exact FLOPs of random configurations."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from grader.oracle import counting
from grader.reference import flops as reference
from tests.harness import Student, expect, expect_raises, points
from tests.mistakes import inexact, whole

sizes = whole()

LONG = [2, 3, 5] * 1000
"""Widths of a chain that is deeper than Python lets functions call themselves."""

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
    ([2, 3, 4], [4, 4, 5]),
    ([9, 3, 4], [3, 4, 5]),
    ([0, 2, 3], [4, 3, 4]),
    ([], [3]),
    ([3], []),
)
"""Shapes whose inner sizes differ, 1 and 0 among them; whose batches differ; that have no size."""


@st.composite
def shapes(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    """Two shapes that can be multiplied: batches broadcast, vectors stand for matrices."""
    batch = draw(st.lists(st.integers(0, 9) | whole(6), max_size=3))
    m, k, n = draw(sizes), draw(sizes), draw(sizes)
    a = [size if draw(st.booleans()) else 1 for size in batch][draw(st.integers(0, len(batch))) :]
    b = batch[draw(st.integers(0, len(batch))) :]
    left = [k] if draw(st.integers(0, 4)) == 0 else [*a, m, k]
    right = [k] if draw(st.integers(0, 4)) == 0 else [*b, k, n]
    return left, right


@points(1, task="4.1")
@given(pair=shapes())
@example(pair=([3 * 10**6, 3 * 10**6], [3 * 10**6, 3 * 10**6]))
@example(pair=([0, 2, 3], [3, 4]))
@example(pair=([7, 1, 2, 3], [7, 3, 5]))
def test_products_of_any_shapes(student: Student, pair: tuple[list[int], list[int]]) -> None:
    """Batched, broadcast, with vectors and empty batches; exact, however large."""
    a, b = pair
    exact = reference.matmul_flops(a, b)
    expect(
        student.flops.matmul_flops(a, b),
        exact,
        "a vector (K,) is (1, K) on the left and (K, 1) on the right; batches broadcast from the right",
        {
            "a multiply-add is 2 FLOPs, and was counted as 1": lambda: exact // 2,
            "a batch of size 0 was taken for none; then there is nothing to multiply": (
                lambda: reference.matmul_flops(_filled(a), _filled(b))
            ),
            "batches were aligned at the left; they broadcast from the right": (
                lambda: 7 * 60 if a == [7, 1, 2, 3] else exact
            ),
        }
        | inexact(exact),
    )


def _filled(shape: list[int]) -> list[int]:
    """The shape with 1 in the place of each batch of size 0."""
    return [size or 1 for size in shape[:-2]] + shape[-2:]


def _why_not(a: list[int], b: list[int]) -> str:
    """What took these shapes for some that fit."""
    if 1 in (a[-1:] + b[-2:]):
        return "an inner size of 1 was broadcast; only batches do"
    if 0 in (a[:1] + b[:1]) and len(a) == len(b) == 3:
        return "a batch of size 0 was broadcast; only 1 is"
    if len(a) == len(b) == 3 and a[0] % b[0] * (b[0] % a[0]) == 0:
        return "a batch was repeated to a multiple of its size; only a size of 1 broadcasts"
    return "these don't fit; say so with both shapes"


@points(0.5, task="4.1")
def test_shapes_that_do_not_fit(student: Student) -> None:
    """Inner sizes, batches and shapes without sizes."""
    for a, b in NOT_FITTING:
        for shape in (a, b):
            with expect_raises(ValueError, naming=str(shape), hint=_why_not(a, b)):
                student.flops.matmul_flops(a, b)
    for a, b in (([0, 3], [3, 4]), ([2, 0], [0, 4]), ([0, 2, 3], [1, 3, 4]), ([0], [0])):
        expect(student.flops.matmul_flops(a, b), 0, "a size of 0 is one like others; the product takes nothing")


@points(0.5, task="4.2")
@given(batch=sizes, d_in=sizes, d_hidden=sizes, d_out=sizes, needs=st.booleans())
def test_two_layers_of_any_size(
    student: Student, batch: int, d_in: int, d_hidden: int, d_out: int, needs: bool
) -> None:
    """Every tensor's FLOPs, for three different widths."""
    exact = reference.two_layer_flops(batch, d_in, d_hidden, d_out, needs)
    expect(
        student.flops.two_layer_flops(batch, d_in, d_hidden, d_out, needs),
        exact,
        "write each product with its shapes: grad_w1 is x.T @ grad_h1",
        {
            "the gradient of x was counted though x needs none": (
                lambda: reference.two_layer_flops(batch, d_in, d_hidden, d_out, True)
            ),
            "w1's gradient was left out together with x's; w1 is trained all the same": (
                lambda: exact | {"grad_w1": 0, "grad_x": 0}
            ),
        }
        | inexact(exact),
    )


@points(0.25, task="4.2")
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
@given(batch=sizes, widths=st.lists(sizes, min_size=2, max_size=6), needs=st.booleans())
@example(batch=3 * 10**6, widths=[3 * 10**6, 3 * 10**6, 2], needs=False)
@example(batch=1, widths=LONG, needs=False)
def test_chains_of_any_size_and_length(student: Student, batch: int, widths: list[int], needs: bool) -> None:
    """Exact, however large the widths and however many layers."""
    exact = reference.linear_chain_flops(batch, widths, needs)
    expect(
        student.flops.linear_chain_flops(batch, widths, needs),
        exact,
        "2·batch·d_in·d_out for each layer forward; twice that backward, less x's gradient where it needs none",
        {
            "the gradient of x was counted though x needs none": (
                lambda: reference.linear_chain_flops(batch, widths, True)
            ),
            "backward was taken to cost as much as forward; each layer has two gradients": (
                lambda: (exact[0], exact[0])
            ),
        }
        | inexact(exact),
    )


@points(0.25, task="4.2")
def test_a_chain_needs_a_layer(student: Student) -> None:
    """One width makes no layer, and none makes none."""
    with expect_raises(ValueError, naming="7", hint="one width was taken for a chain; it makes no layer"):
        student.flops.linear_chain_flops(2, [7], True)
    with expect_raises(ValueError, naming="[]", hint="no widths were taken for a chain; they make no layer"):
        student.flops.linear_chain_flops(2, [], False)


@points(0.25, task="4.3")
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
            "each token was counted with those before it only; count the full square": (
                lambda: 6 * layers * d_model * (seq + 1) * tokens
            ),
        }
        | inexact(exact),
    )


@points(0.75, task="4.3")
@given(batch=sizes, widths=st.lists(sizes, min_size=2, max_size=6))
@example(batch=3 * 10**6, widths=[3 * 10**6, 3 * 10**6, 2])
@example(batch=1, widths=LONG)
def test_the_overcount_is_exact(student: Student, batch: int, widths: list[int]) -> None:
    """6·N·B minus the truth, for any chain."""
    exact = 2 * batch * widths[0] * widths[1]
    expect(student.flops.rule_overcount(batch, widths), exact, "2·batch·d0·d1", inexact(exact))


@points(0.25, task="4.3")
@given(parameters=sizes, tokens=sizes)
@example(parameters=0, tokens=10**13)
@example(parameters=3 * 10**12, tokens=3 * 10**12)
def test_the_rule_for_any_model(student: Student, parameters: int, tokens: int) -> None:
    """6·N·D, exact however large."""
    exact = 6 * parameters * tokens
    expect(
        student.flops.training_flops(parameters, tokens),
        exact,
        "2·N·D forward and 4·N·D backward; integers are exact in Python",
        {"only the forward pass was counted": lambda: exact // 3} | inexact(exact),
    )


@st.composite
def frozen(draw: st.DrawFn) -> tuple[list[int], list[bool]]:
    """Widths of a chain, and of each weight whether it is trained."""
    widths = draw(st.lists(sizes, min_size=2, max_size=7))
    return widths, draw(st.lists(st.booleans(), min_size=len(widths) - 1, max_size=len(widths) - 1))


@points(1, task="4.2")
@given(batch=sizes, chain=frozen())
@example(batch=2, chain=([7, 5, 3, 4], [False, True, False]))
@example(batch=2, chain=([7, 5, 3, 4], [True, False, False]))
@example(batch=1, chain=(LONG, [False] * 1499 + [True] + [False] * 1499))
def test_chains_with_any_frozen_layers(student: Student, batch: int, chain: tuple[list[int], list[bool]]) -> None:
    """Each gradient that a trained weight needs, and no other; thousands of layers, too."""
    widths, trained = chain
    products = [2 * batch * a * b for a, b in pairwise(widths)]
    exact = reference.fine_tuning_flops(batch, widths, trained)
    own = sum(product for product, is_trained in zip(products, trained, strict=True) if is_trained)
    expect(
        student.flops.fine_tuning_flops(batch, widths, trained),
        exact,
        "ask of each gradient who needs it: a trained weight itself, or one further down",
        {
            "a frozen weight got a gradient; it is not trained, so nobody needs one": (
                lambda: (exact[0], exact[1] - own + exact[0])
            ),
            "a gradient has to pass through the frozen layers above a trained one, to reach it": lambda: (
                exact[0],
                own
                + sum(
                    b for b, (below, above) in zip(products[1:], pairwise(trained), strict=True) if below and above
                ),
            ),
            "gradients went on below the first trained weight, where nobody needs them": (
                lambda: (exact[0], own + exact[0] - products[0])
            ),
            "the gradient of x was counted, which is not needed": lambda: (exact[0], own + exact[0]),
        }
        | inexact(exact),
    )
    for wrong in (trained[1:], [*trained, True]):
        with expect_raises(
            ValueError, naming=str(wrong) if len(widths) < 10 else "", hint="one entry for each weight"
        ):
            student.flops.fine_tuning_flops(batch, widths, wrong)
    for few in ([batch], []):
        with expect_raises(ValueError, naming=str(few), hint="fewer than two widths make no layer"):
            student.flops.fine_tuning_flops(batch, few, [])


@points(1.25, task="4.3")
@given(layers=sizes, d_model=sizes, seq=whole(12), rest=st.integers(-1, 1))
@example(layers=3, d_model=5, seq=1, rest=-1)
@example(layers=3 * 10**6, d_model=3 * 10**6, seq=10**6, rest=0)
def test_attention_leads_from_any_length_on(
    student: Student, layers: int, d_model: int, seq: int, rest: int
) -> None:
    """Exactly, also where both cost nearly the same; any number of parameters."""
    parameters = 2 * layers * d_model * seq + rest
    exact = seq + (rest >= 0)
    expect(
        student.flops.length_where_attention_leads(parameters, layers, d_model),
        exact,
        "the least length whose attention costs more than 6·N for a token",
        {
            "at that length, both cost the same at most; it must cost more": lambda: seq if rest >= 0 else seq - 1,
            "attention's forward pass was compared with the whole training": (
                lambda: 3 * parameters // (2 * layers * d_model) + 1
            ),
            "half of the square was left out; count it whole": lambda: parameters // (layers * d_model) + 1,
        }
        | inexact(exact),
    )
    expect(
        student.flops.length_where_attention_leads(0, layers, d_model), 1, "without parameters, from one token on"
    )
