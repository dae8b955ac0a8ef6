"""Tasks 4.1 to 4.3."""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from itertools import pairwise, zip_longest
from math import floor, prod


def matmul_flops(a_shape, b_shape):
    wrong = ValueError(f"{a_shape} @ {b_shape} does not fit")
    if not (len(a_shape) and len(b_shape)):
        raise wrong
    *a_batch, m, k = a_shape if len(a_shape) > 1 else (1, *a_shape)
    *b_batch, k2, n = b_shape if len(b_shape) > 1 else (*b_shape, 1)
    if k != k2:
        raise wrong

    def batches():
        for pair in zip_longest(reversed(a_batch), reversed(b_batch), fillvalue=1):
            sizes = set(pair) - {1} or {1}
            if len(sizes) > 1:
                raise wrong
            yield sizes.pop()

    return 2 * m * k * n * prod(batches())


def two_layer_flops(batch, d_in, d_hidden, d_out, x_needs_grad):
    one, two = 2 * batch * d_in * d_hidden, 2 * batch * d_hidden * d_out
    return dict(h1=one, h2=two, grad_w2=two, grad_h1=two, grad_w1=one, grad_x=one if x_needs_grad else 0)


def linear_chain_flops(batch, widths, x_needs_grad):
    if len(widths) < 2:
        raise ValueError(f"fewer than two widths: {widths}")
    each = [2 * batch * a * b for a, b in pairwise(widths)]
    return sum(each), 2 * sum(each) - (not x_needs_grad) * each[0]


def training_flops(parameters, tokens):
    return reduce(int.__mul__, (6, parameters, tokens))


def rule_overcount(batch, widths):
    n = sum(a * b for a, b in pairwise(widths))
    return training_flops(n, batch) - sum(linear_chain_flops(batch, widths, False))


def attention_flops(layers, d_model, seq, tokens):
    return 12 * layers * d_model * seq * tokens


def fine_tuning_flops(batch, widths, trained):
    if len(widths) < 2:
        raise ValueError(f"fewer than two widths: {widths}")
    if len(trained) + 1 != len(widths):
        raise ValueError(f"{trained} does not fit {widths}")
    each = [2 * batch * a * b for a, b in pairwise(widths)]
    first = next((i for i, yes in enumerate(trained) if yes), len(trained))
    return sum(each), sum(f for f, yes in zip(each, trained) if yes) + sum(each[first + 1 :])


def length_where_attention_leads(parameters, layers, d_model):
    return floor(Fraction(6 * parameters, attention_flops(layers, d_model, 1, 1))) + 1
