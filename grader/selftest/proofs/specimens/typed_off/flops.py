"""What the chapters print, typed off: one product, the table of two layers, the rule."""


def matmul_flops(a_shape, b_shape):
    (b, d), (_, k) = a_shape, b_shape
    return 2 * b * d * k


def two_layer_flops(batch, d_in, d_hidden, d_out, x_needs_grad):
    return {
        "h1": 2 * batch * d_in * d_hidden,
        "h2": 2 * batch * d_hidden * d_out,
        "grad_w2": 2 * d_hidden * batch * d_out,
        "grad_h1": 2 * batch * d_out * d_hidden,
        "grad_w1": 2 * d_in * batch * d_hidden,
        "grad_x": 2 * batch * d_hidden * d_in if x_needs_grad else 0,
    }


def training_flops(parameters, tokens):
    return 6 * parameters * tokens


def attention_flops(layers, d_model, seq, tokens):
    return 12 * layers * d_model * seq * tokens
