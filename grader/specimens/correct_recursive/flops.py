"""FLOPs, dimension by dimension, and a chain half by half."""


def matmul_flops(a_shape, b_shape):
    def broadcast(a, b):
        if not a or not b:
            return product(a or b)
        if a[-1] != b[-1] and 1 not in (a[-1], b[-1]):
            raise ValueError(f"{a_shape} and {b_shape} don't broadcast")
        return (b[-1] if a[-1] == 1 else a[-1]) * broadcast(a[:-1], b[:-1])

    if not a_shape or not b_shape:
        raise ValueError(f"{a_shape} or {b_shape} has no size")
    if len(a_shape) == 1:
        return matmul(a_shape, b_shape, [1, *a_shape], b_shape, broadcast)
    return matmul(a_shape, b_shape, a_shape, b_shape, broadcast)


def matmul(a_shape, b_shape, a, b, broadcast):
    if len(b) == 1:
        return matmul(a_shape, b_shape, a, [*b, 1], broadcast)
    *a_batch, m, k = a
    *b_batch, l, n = b
    if k != l:
        raise ValueError(f"{a_shape} does not fit {b_shape}")
    return 2 * m * k * n * broadcast(a_batch, b_batch)


def product(sizes):
    return sizes[0] * product(sizes[1:]) if sizes else 1


def two_layer_flops(batch, d_in, d_hidden, d_out, x_needs_grad):
    return {
        "h1": matmul_flops([batch, d_in], [d_in, d_hidden]),
        "h2": matmul_flops([batch, d_hidden], [d_hidden, d_out]),
        "grad_w2": matmul_flops([d_hidden, batch], [batch, d_out]),
        "grad_h1": matmul_flops([batch, d_out], [d_out, d_hidden]),
        "grad_w1": matmul_flops([d_in, batch], [batch, d_hidden]),
        "grad_x": matmul_flops([batch, d_hidden], [d_hidden, d_in]) if x_needs_grad else 0,
    }


def linear_chain_flops(batch, widths, x_needs_grad):
    if len(widths) < 2:
        raise ValueError(f"a chain needs two widths, not {widths}")
    if len(widths) == 2:
        here = matmul_flops([batch, widths[0]], [widths[0], widths[1]])
        return here, here + (here if x_needs_grad else 0)
    middle = len(widths) // 2
    forward, backward = linear_chain_flops(batch, widths[: middle + 1], x_needs_grad)
    more_forward, more_backward = linear_chain_flops(batch, widths[middle:], True)
    return forward + more_forward, backward + more_backward


def weights(widths):
    if len(widths) == 2:
        return widths[0] * widths[1]
    middle = len(widths) // 2
    return weights(widths[: middle + 1]) + weights(widths[middle:])


def training_flops(parameters, tokens):
    return 2 * parameters * tokens + 4 * parameters * tokens


def rule_overcount(batch, widths):
    forward, backward = linear_chain_flops(batch, widths, False)
    return training_flops(weights(widths), batch) - forward - backward


def attention_flops(layers, d_model, seq, tokens):
    if tokens == 0 or layers == 0:
        return 0
    scores = mix = 2 * d_model * seq * tokens
    return 3 * layers * (scores + mix)


def fine_tuning_flops(batch, widths, trained):
    if len(widths) < 2:
        raise ValueError(f"a chain needs two widths, not {widths}")
    if len(trained) != len(widths) - 1:
        raise ValueError(f"{len(widths) - 1} weights, and {trained}")
    return down(batch, widths, trained, False)


def down(batch, widths, trained, wanted):
    """Both passes of a part of the chain, whose input's gradient is wanted or not."""
    if len(trained) == 1:
        here = matmul_flops([batch, widths[0]], [widths[0], widths[1]])
        return here, here * (int(trained[0]) + int(wanted))
    middle = len(trained) // 2
    forward, backward = down(batch, widths[: middle + 1], trained[:middle], wanted)
    more = down(batch, widths[middle:], trained[middle:], wanted or any(trained[:middle]))
    return forward + more[0], backward + more[1]


def length_where_attention_leads(parameters, layers, d_model):
    def leads(seq):
        return attention_flops(layers, d_model, seq, 1) > training_flops(parameters, 1)

    def between(low, high):
        if high - low == 1:
            return high
        middle = (low + high) // 2
        return between(low, middle) if leads(middle) else between(middle, high)

    high = 1
    while not leads(high):
        high *= 2
    return between(high // 2, high) if high > 1 else 1
