"""Tasks 4.1 to 4.3, public checks: floating-point operations."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from tests import recorded
from tests.harness import Student, expect, expect_raises, points
from tests.mistakes import inexact, whole

sizes = whole()

PRODUCTS_AND_ADDITIONS = "by the handout's convention, a sum of K products takes K products and K additions"
MANY = [3, 2] * 1000
"""Widths of a chain that is deeper than Python lets functions call themselves."""


@points(0.5, task="4.1")
@given(b=sizes, d=sizes, k=sizes)
@example(b=3_000_001, d=3_000_001, k=3_000_001)
def test_a_matrix_product_is_2bdk(student: Student, b: int, d: int, k: int) -> None:
    """(B, D) @ (D, K) takes 2·B·D·K FLOPs, exactly, however large."""
    exact = 2 * b * d * k
    expect(
        student.flops.matmul_flops([b, d], [d, k]),
        exact,
        "each of the B·K results is a sum of D products",
        {
            "a multiply-add is 2 FLOPs, and was counted as 1": lambda: b * d * k,
            PRODUCTS_AND_ADDITIONS: lambda: b * k * (2 * d - 1),
        }
        | inexact(exact),
    )


@points(0.75, task="4.1")
def test_batches_broadcast(student: Student) -> None:
    """Batches multiply the FLOPs; a size of 1 broadcasts; shapes that don't fit are an error."""
    expect(
        student.flops.matmul_flops([3, 1, 1, 2, 3], [3, 2, 3, 4]),
        3 * 3 * 2 * 48,
        "the batches (3, 1, 1) and (3, 2), aligned at the right, broadcast to (3, 3, 2)",
        {
            "batches were aligned at the left; they broadcast from the right": lambda: 3 * 2 * 48,
            "only the batch of the first shape was counted": lambda: 3 * 48,
            "a multiply-add is 2 FLOPs, and was counted as 1": lambda: 3 * 3 * 2 * 24,
            PRODUCTS_AND_ADDITIONS: lambda: 3 * 3 * 2 * 40,
        },
    )
    left = "batches are aligned at the right; each one that the other has not stands alone"
    expect(student.flops.matmul_flops([5, 1, 2, 3], [5, 3, 4]), 5 * 5 * 48, left)
    expect(student.flops.matmul_flops([4, 1, 16, 32], [3, 32, 8]), 4 * 3 * 8192, "batches broadcast to (4, 3)")
    expect(
        student.flops.matmul_flops([1, 3, 5], [0, 5, 2]),
        0,
        "1 broadcasts to 0, and then there is nothing to multiply",
        {"a batch of size 0 was taken for none; then there is nothing to multiply": lambda: 60},
    )
    for a, b, hint in (
        ([16, 32], [31, 8], "the inner sizes were never compared; where they differ, raise ValueError"),
        ([5, 1], [7, 2], "an inner size of 1 was broadcast; only batches do"),
        ([8, 2, 3], [2, 3, 4], "a batch was repeated to a multiple of its size; only a size of 1 broadcasts"),
    ):
        for shape in (a, b):
            with expect_raises(ValueError, naming=str(shape), hint=hint):
                student.flops.matmul_flops(a, b)


@points(0.25, task="4.2")
def test_each_gradient_of_two_layers(student: Student) -> None:
    """Forward and backward products of x, w1, h1, w2, h2, each by name."""
    expect(
        student.flops.two_layer_flops(2, 3, 4, 5, True),
        {"h1": 48, "h2": 80, "grad_w2": 80, "grad_h1": 80, "grad_w1": 48, "grad_x": 48},
        "each forward product gives rise to two of the same size: one for its weight, one for its input",
    )
    expect(
        student.flops.two_layer_flops(2, 3, 4, 5, False),
        {"h1": 48, "h2": 80, "grad_w2": 80, "grad_h1": 80, "grad_w1": 48, "grad_x": 0},
        "the gradient of x, and no other, is not computed when x needs none",
        {
            "the gradient of x was counted though x needs none": lambda: {
                "h1": 48,
                "h2": 80,
                "grad_w2": 80,
                "grad_h1": 80,
                "grad_w1": 48,
                "grad_x": 48,
            },
            "w1's gradient was left out together with x's; w1 is trained all the same": lambda: {
                "h1": 48,
                "h2": 80,
                "grad_w2": 80,
                "grad_h1": 80,
                "grad_w1": 0,
                "grad_x": 0,
            },
        },
    )


@points(0.25, task="4.2")
@given(batch=sizes, widths=st.lists(sizes, min_size=2, max_size=6))
@example(batch=10**7 + 1, widths=[10**7 + 1, 10**7 + 3, 10**7 + 9])
@example(batch=1, widths=MANY)
def test_backward_is_twice_forward_when_x_needs_it(student: Student, batch: int, widths: list[int]) -> None:
    """With the gradient of x, backward takes exactly twice forward."""
    forward = sum(2 * batch * a * b for a, b in pairwise(widths))
    expect(
        student.flops.linear_chain_flops(batch, widths, True),
        (forward, 2 * forward),
        "backward has two products for each layer: one for its weight's gradient, one for its input's",
        {
            "backward was taken to cost as much as forward; each layer has two gradients": lambda: (
                forward,
                forward,
            )
        }
        | inexact((forward, 2 * forward)),
    )
    for few in ([len(widths)], []):
        hint = "one width was taken for a chain; it makes no layer" if few else "no widths were taken for a chain"
        with expect_raises(ValueError, naming=str(few[0]) if few else "[]", hint=hint):
            student.flops.linear_chain_flops(batch, few, True)


FROZEN = "a frozen weight got a gradient; it is not trained, so nobody needs one"
NOT_DOWN = "a gradient has to pass through the frozen layers above a trained one, to reach it"
TOO_FAR = "gradients went on below the first trained weight, where nobody needs them"


@points(0.75, task="4.2")
def test_frozen_layers_of_a_chain(student: Student) -> None:
    """Widths 3, 4, 5, 6 with one trained weight, or two, or none."""
    for trained, backward, mistakes in (
        ([True, True, True], 2 * (80 + 120) + 48, {"the gradient of x was counted, which is not needed": 496}),
        ([False, False, True], 120, {FROZEN: 248, TOO_FAR: 368}),
        ([True, False, False], 80 + 120 + 48, {NOT_DOWN: 48, FROZEN: 448}),
        ([False, True, False], 80 + 120, {NOT_DOWN: 80, FROZEN: 368, TOO_FAR: 280}),
        ([True, False, True], 80 + 120 + 48 + 120, {NOT_DOWN: 168, FROZEN: 448}),
        ([False, False, False], 0, {FROZEN: 248, TOO_FAR: 248}),
    ):
        expect(
            student.flops.fine_tuning_flops(2, [3, 4, 5, 6], trained),
            (248, backward),
            "ask of each gradient who needs it: a trained weight itself, or one further down",
            {words: lambda wrong=wrong: (248, wrong) for words, wrong in mistakes.items() if wrong != backward},
        )
    large = 10**10 + 19
    exact = (4 * large**3, 2 * large**3)
    got = student.flops.fine_tuning_flops(large, [large] * 3, [False, True])
    expect(got, exact, "exactly, however large", inexact(exact))
    for trained in ([], [True, True, False]):
        with expect_raises(
            ValueError, naming=str(trained), hint="one entry for each weight; refuse any other number"
        ):
            student.flops.fine_tuning_flops(2, [3, 4, 5], trained)
    with expect_raises(ValueError, naming="[9]", hint="one width was taken for a chain; it makes no layer"):
        student.flops.fine_tuning_flops(2, [9], [])


@points(0.25, task="4.3")
def test_the_rule_for_gpt_3(student: Student) -> None:
    """6·N·D for 175e9 parameters and 300e9 tokens is 3.15e23, exactly."""
    expect(
        student.flops.training_flops(175 * 10**9, 300 * 10**9),
        315 * 10**21,
        "2·N·D forward and 4·N·D backward; integers are exact in Python",
        {
            "only the forward pass was counted": lambda: 105 * 10**21,
            "only the backward pass was counted": lambda: 210 * 10**21,
        }
        | inexact(315 * 10**21),
    )


@points(0.25, task="4.3")
def test_attention_of_gpt_2_small(student: Student) -> None:
    """12 layers, 768 wide, 1,024 tokens: 113,246,208 FLOPs for each token in training."""
    exact = 12 * 12 * 768 * 1024
    expect(
        student.flops.attention_flops(12, 768, 1024, 1),
        exact,
        "12·layers·d_model·seq for each token",
        {
            "only the forward pass was counted": lambda: exact // 3,
            "half of the square was left out; count it whole": lambda: exact // 2,
            "each token was counted with those before it only; count the full square": (
                lambda: 6 * 12 * 768 * (1024 + 1)
            ),
        },
    )
    large = 12 * (10**7 + 1) ** 4
    expect(student.flops.attention_flops(*[10**7 + 1] * 4), large, "exact, however large", inexact(large))


@points(0.25, task="4.3")
def test_the_rule_counts_the_first_layer_once_too_often(student: Student) -> None:
    """The gradient of the input is in the rule, but not computed."""
    expect(
        student.flops.rule_overcount(2, [3, 4, 5]),
        48,
        "what the rule counts and nobody computes: the gradient of the input",
        {"every layer's input gradient was taken off; only x's is not computed": lambda: 48 + 80},
    )
    large = 2 * (10**7 + 1) * (10**7 + 1) * (10**7 + 3)
    expect(
        student.flops.rule_overcount(10**7 + 1, [10**7 + 1, 10**7 + 3, 10**7 + 9]),
        large,
        "exact, however large",
        inexact(large),
    )


@points(0.5, task="4.3")
def test_from_which_length_attention_leads(student: Student) -> None:
    """In GPT-2 small, attention's products cost more than 6·N from 6,752 tokens on."""
    for parameters, layers, d_model, length, equal, forward, half in (
        (124_439_808, 12, 768, 6_752, 6_751, 20_254, 13_503),
        (70_553_706_496, 80, 8192, 53_829, 53_828, 161_485, 107_657),
        (48, 2, 3, 5, 4, 13, 9),
    ):
        wrong = {
            "at that length, both cost the same at most; it must cost more": equal,
            "attention's forward pass was compared with the whole training": forward,
            "half of the square was left out; count it whole": half,
        }
        expect(
            student.flops.length_where_attention_leads(parameters, layers, d_model),
            length,
            "the least length whose attention costs more than 6·N for a token",
            {words: lambda answer=answer: answer for words, answer in wrong.items()},
        )
    exact = 10**30 + 1
    got = student.flops.length_where_attention_leads(10**32, 5, 10)
    expect(got, exact, "exactly, however large", inexact(exact))


@points(0.25, task="4.1")
def test_recorded_answers_4_1(student: Student) -> None:
    """Small inputs, the shortest first, with the answers that known mistakes give."""
    recorded.compare(student, "4.1")


@points(0.25, task="4.2")
def test_recorded_answers_4_2(student: Student) -> None:
    """Small inputs, the shortest first, with the answers that known mistakes give."""
    recorded.compare(student, "4.2")


@points(0.25, task="4.3")
def test_recorded_answers_4_3(student: Student) -> None:
    """Small inputs, the shortest first, with the answers that known mistakes give."""
    recorded.compare(student, "4.3")
