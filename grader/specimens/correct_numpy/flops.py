"""FLOPs, with NumPy's own broadcasting for the batches."""

import numpy as np


def matmul_flops(a_shape, b_shape):
    a, b = list(a_shape), list(b_shape)
    try:
        if not a or not b:
            raise ValueError("no size")
        a = [1] + a if len(a) == 1 else a
        b = b + [1] if len(b) == 1 else b
        if a[-1] != b[-2]:
            raise ValueError("inner sizes differ")
        batch = np.broadcast_shapes(tuple(a[:-2]), tuple(b[:-2]))
    except ValueError as error:
        raise ValueError(f"{a_shape} @ {b_shape}: {error}") from None
    return int(2 * np.prod(np.array([*batch, *a[-2:], b[-1]], dtype=object)))


def _layers(batch, widths):
    exact = np.array(widths, dtype=object)
    return 2 * batch * exact[:-1] * exact[1:]


def two_layer_flops(batch, d_in, d_hidden, d_out, x_needs_grad):
    first, second = _layers(batch, [d_in, d_hidden, d_out])
    names = "h1 h2 grad_w2 grad_h1 grad_w1 grad_x".split()
    return dict(zip(names, map(int, [first, second, second, second, first, first * x_needs_grad])))


def linear_chain_flops(batch, widths, x_needs_grad):
    if len(widths) < 2:
        raise ValueError(f"widths {widths}")
    layers = _layers(batch, widths)
    forward = int(np.sum(layers))
    return forward, 2 * forward - (0 if x_needs_grad else int(layers[0]))


def training_flops(parameters, tokens):
    return 6 * parameters * tokens


def rule_overcount(batch, widths):
    exact = np.array(widths, dtype=object)
    return int(6 * batch * np.sum(exact[:-1] * exact[1:])) - sum(linear_chain_flops(batch, widths, False))


def attention_flops(layers, d_model, seq, tokens):
    return int(np.prod(np.array([3, 2, 2, layers, d_model, seq, tokens], dtype=object)))


def fine_tuning_flops(batch, widths, trained):
    if len(widths) < 2:
        raise ValueError(f"widths {widths}")
    layers = _layers(batch, widths)
    if len(trained) != len(layers):
        raise ValueError(f"trained {trained}")
    own = np.array(trained, dtype=bool)
    below = np.concatenate([[False], np.logical_or.accumulate(own)[:-1]])
    return int(np.sum(layers)), int(np.sum(layers * own) + np.sum(layers * below))


def length_where_attention_leads(parameters, layers, d_model):
    return int(np.floor_divide(np.array(parameters, dtype=object), 2 * layers * d_model)) + 1
