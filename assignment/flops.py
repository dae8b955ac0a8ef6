"""Tasks 4.1 to 4.3: floating-point operations of matrix products, of gradients, and rules of thumb."""

from __future__ import annotations


def matmul_flops(a_shape: list[int], b_shape: list[int]) -> int:
    """FLOPs of a matrix product `a @ b` of these shapes. (Task 4.1.)

    A multiply-add is 2 FLOPs. The last two sizes are the matrices, (M, K) and (K, N); sizes before them are
    batches and broadcast: from the right, two sizes are equal, or one of them is 1 or missing. A shape of one
    size is a vector: (K,) stands for (1, K) on the left and for (K, 1) on the right. K does not broadcast. Exact,
    however large: neither floats nor NumPy's integers are.

    Raises:
        ValueError: the shapes do not fit, or one has no size at all; the message names both.

    Source: 2·B·D·K for (B, D) @ (D, K), as in CS336's second lecture.

    >>> matmul_flops([16, 32], [32, 8])
    8192
    >>> matmul_flops([4, 1, 16, 32], [3, 32, 8])
    98304
    """
    raise NotImplementedError("Task 4.1: matmul_flops in assignment/flops.py")


def two_layer_flops(batch: int, d_in: int, d_hidden: int, d_out: int, x_needs_grad: bool) -> dict[str, int]:
    """FLOPs of each product in the forward and backward pass of two linear layers. (Task 4.2.)

    h1 = x @ w1 and h2 = h1 @ w2, with x (batch, d_in), w1 (d_in, d_hidden), w2 (d_hidden, d_out). The gradient
    of h2 is given. Elementwise work is not counted.

    Returns:
        FLOPs by tensor: "h1" and "h2" for the forward pass; "grad_w2", "grad_h1", "grad_w1" and "grad_x" for the
        backward pass; "grad_x" is 0 when x needs no gradient.

    >>> two_layer_flops(batch=2, d_in=3, d_hidden=4, d_out=5, x_needs_grad=False)
    {'h1': 48, 'h2': 80, 'grad_w2': 80, 'grad_h1': 80, 'grad_w1': 48, 'grad_x': 0}
    """
    raise NotImplementedError("Task 4.2: two_layer_flops in assignment/flops.py")


def linear_chain_flops(batch: int, widths: list[int], x_needs_grad: bool) -> tuple[int, int]:
    """FLOPs of the forward and of the backward pass of a chain of linear layers without biases. (Task 4.2.)

    Layer i is a product with a weight of widths[i] by widths[i + 1]; widths[0] is the width of the input x. There
    may be thousands of layers.

    Raises:
        ValueError: there are fewer than two widths, so no layer; the message names them.

    >>> linear_chain_flops(batch=2, widths=[3, 4, 5], x_needs_grad=False)
    (128, 208)
    """
    raise NotImplementedError("Task 4.2: linear_chain_flops in assignment/flops.py")


def training_flops(parameters: int, tokens: int) -> int:
    """The rule of thumb for training: 2·N·D forward and 4·N·D backward. (Task 4.3.)

    N is the number of parameters, D that of tokens; attention's products of activations are left out.

    Source: Kaplan et al. 2020, section 2.1.

    >>> training_flops(parameters=175_000_000_000, tokens=300_000_000_000)
    315000000000000000000000
    """
    raise NotImplementedError("Task 4.3: training_flops in assignment/flops.py")


def rule_overcount(batch: int, widths: list[int]) -> int:
    """By how many FLOPs 6·N·batch is above the truth, for a chain of linear layers. (Task 4.3.)

    The input needs no gradient, so the rule counts one product too many. N is the number of weights, and there
    are two widths at least.

    >>> rule_overcount(batch=2, widths=[3, 4, 5])
    48
    """
    raise NotImplementedError("Task 4.3: rule_overcount in assignment/flops.py")


def attention_flops(layers: int, d_model: int, seq: int, tokens: int) -> int:
    """What the rule leaves out of a transformer's training: attention's own products. (Task 4.3.)

    In each layer, every token meets `seq` others twice over d_model numbers: in Q @ K^T and in the product of the
    weights with V. Count the full square, no causal saving, which is one of two conventions; and the backward pass
    as twice the forward pass.

    Source: Narayanan et al. 2021, appendix; 12·layers·d_model·seq FLOPs per token.

    >>> attention_flops(layers=12, d_model=768, seq=1024, tokens=1)
    113246208
    """
    raise NotImplementedError("Task 4.3: attention_flops in assignment/flops.py")


def fine_tuning_flops(batch: int, widths: list[int], trained: list[bool]) -> tuple[int, int]:
    """FLOPs of the forward and of the backward pass of a chain in which some weights are frozen. (Task 4.2.)

    Layer i has a weight of widths[i] by widths[i + 1], which is trained where trained[i] is true, and which else
    gets no gradient. The input x needs no gradient. A gradient is computed only where it is needed: for a weight
    that is trained, or to reach one further down.

    Raises:
        ValueError: fewer than two widths, or not one entry of trained for each weight; the message holds the
            widths, or trained.

    >>> fine_tuning_flops(batch=2, widths=[3, 4, 5], trained=[False, True])
    (128, 80)
    """
    raise NotImplementedError("Task 4.2: fine_tuning_flops in assignment/flops.py")


def length_where_attention_leads(parameters: int, layers: int, d_model: int) -> int:
    """The least length at which attention's own products cost more than what the rule counts. (Task 4.3.)

    Both are those of training; the length is 1 or more.

    >>> length_where_attention_leads(parameters=175_000_000_000, layers=96, d_model=12_288)
    74175
    """
    raise NotImplementedError("Task 4.3: length_where_attention_leads in assignment/flops.py")
