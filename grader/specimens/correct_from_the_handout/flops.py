"""Tasks 4.1 to 4.3: floating-point operations of matrix products, of gradients, and rules of thumb."""

from __future__ import annotations

from itertools import pairwise, zip_longest


def matmul_flops(a_shape: list[int], b_shape: list[int]) -> int:
    if not a_shape or not b_shape:
        raise ValueError(f"{a_shape!r} and {b_shape!r}: a shape has no size")
    *a_batch, m, k = [1, *a_shape] if len(a_shape) == 1 else a_shape
    *b_batch, k_too, n = [*b_shape, 1] if len(b_shape) == 1 else b_shape
    if k != k_too:
        raise ValueError(f"{a_shape!r} and {b_shape!r}: inner sizes {k} and {k_too} differ")
    results = 1
    for a, b in zip_longest(reversed(a_batch), reversed(b_batch), fillvalue=1):
        if a != b and 1 not in (a, b):
            raise ValueError(f"{a_shape!r} and {b_shape!r}: batches {a} and {b} do not broadcast")
        results *= b if a == 1 else a
    return 2 * results * m * k * n


def two_layer_flops(batch: int, d_in: int, d_hidden: int, d_out: int, x_needs_grad: bool) -> dict[str, int]:
    first, second = 2 * batch * d_in * d_hidden, 2 * batch * d_hidden * d_out
    return {
        "h1": first,
        "h2": second,
        "grad_w2": second,
        "grad_h1": second,
        "grad_w1": first,
        "grad_x": first if x_needs_grad else 0,
    }


def linear_chain_flops(batch: int, widths: list[int], x_needs_grad: bool) -> tuple[int, int]:
    if len(widths) < 2:
        raise ValueError(f"widths {widths!r} hold no layer")
    products = [2 * batch * d_in * d_out for d_in, d_out in pairwise(widths)]
    forward = sum(products)
    return forward, 2 * forward - (0 if x_needs_grad else products[0])


def training_flops(parameters: int, tokens: int) -> int:
    return 6 * parameters * tokens


def rule_overcount(batch: int, widths: list[int]) -> int:
    weights = sum(d_in * d_out for d_in, d_out in pairwise(widths))
    return training_flops(weights, batch) - sum(linear_chain_flops(batch, widths, x_needs_grad=False))


def attention_flops(layers: int, d_model: int, seq: int, tokens: int) -> int:
    forward = 2 * 2 * d_model * seq  # of one token in one layer: Q @ K^T, and the weights @ V
    return 3 * forward * layers * tokens


def fine_tuning_flops(batch: int, widths: list[int], trained: list[bool]) -> tuple[int, int]:
    if len(widths) < 2:
        raise ValueError(f"widths {widths!r} hold no layer")
    if len(trained) != len(widths) - 1:
        raise ValueError(f"trained {trained!r} must say of each weight whether it is trained")
    products = [2 * batch * d_in * d_out for d_in, d_out in pairwise(widths)]
    backward = 0
    for layer, product in enumerate(products):
        if trained[layer]:
            backward += product
        if any(trained[:layer]):
            backward += product
    return sum(products), backward


def length_where_attention_leads(parameters: int, layers: int, d_model: int) -> int:
    rule, each = 6 * parameters, 12 * layers * d_model
    seq = rule // each
    while each * seq <= rule:
        seq += 1
    return max(seq, 1)
