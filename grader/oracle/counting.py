"""Counts floating-point operations by doing them one at a time. (Tasks 4.1 to 4.4, and 4.7.)

Matrices are lists of numbers that count what is done with them; a sum starts at its first product, so K products
take K - 1 additions. The convention counts K: a fused multiply-add adds to a zero. `product` adds that one.
"""

from __future__ import annotations

from itertools import pairwise


class Machine:
    """Multiplies matrices of given sizes, operation by operation.

    >>> machine = Machine(); machine.product(2, 3, 4); machine.flops
    48
    """

    def __init__(self) -> None:
        self.flops = 0

    def product(self, rows: int, inner: int, columns: int) -> None:
        """One (rows, inner) by (inner, columns) product."""
        for _ in range(rows):
            for _ in range(columns):
                for _ in range(inner):
                    self.flops += 1  # a product
                    self.flops += 1  # added to the sum, which begins at zero


def chain(batch: int, widths: list[int], x_needs_grad: bool) -> tuple[int, int]:
    """Forward and backward FLOPs of a chain of linear layers, layer by layer.

    >>> chain(2, [3, 4, 5], False)
    (128, 208)
    """
    forward, backward = Machine(), Machine()
    for layer, (d_in, d_out) in enumerate(pairwise(widths)):
        forward.product(batch, d_in, d_out)
        backward.product(d_in, batch, d_out)
        if layer or x_needs_grad:
            backward.product(batch, d_out, d_in)
    return forward.flops, backward.flops


def transformer(
    batch: int, seq: int, vocab: int, layers: int, d_model: int, heads: int, head_dim: int, d_ff: int
) -> int:
    """Forward FLOPs of a transformer, sequence by sequence and head by head.

    >>> transformer(1, 2, 5, 1, 4, 2, 2, 16)
    912
    """
    machine = Machine()
    for _ in range(batch):
        for _ in range(layers):
            for _ in range(heads):
                for _ in range(3):  # queries, keys, values
                    machine.product(seq, d_model, head_dim)
                machine.product(seq, head_dim, seq)
                machine.product(seq, seq, head_dim)
            machine.product(seq, heads * head_dim, d_model)
            machine.product(seq, d_model, d_ff)
            machine.product(seq, d_ff, d_model)
        machine.product(seq, d_model, vocab)
    return machine.flops


def decoder(config: dict[str, int], batch: int, seq: int) -> int:
    """Forward FLOPs of a decoder of today, head by head and token by token.

    >>> tiny = {"vocab": 5, "layers": 1, "d_model": 4, "heads": 2, "kv_heads": 1, "head_dim": 2, "d_ff": 3}
    >>> decoder(tiny | {"experts": 4, "active_experts": 2}, batch=1, seq=2)
    688
    """
    machine, d_model, head_dim = Machine(), config["d_model"], config["head_dim"]
    for _ in range(batch):
        for _ in range(config["layers"]):
            for _ in range(config["heads"]):
                machine.product(seq, d_model, head_dim)  # queries
                machine.product(seq, head_dim, seq)
                machine.product(seq, seq, head_dim)
            for _ in range(2 * config["kv_heads"]):
                machine.product(seq, d_model, head_dim)
            machine.product(seq, config["heads"] * head_dim, d_model)
            machine.product(seq, d_model, config["experts"])
            for _ in range(seq * (config["active_experts"] if config["experts"] else 1)):
                machine.product(1, d_model, config["d_ff"])  # the gate
                machine.product(1, d_model, config["d_ff"])
                machine.product(1, config["d_ff"], d_model)
        machine.product(seq, d_model, config["vocab"])
    return machine.flops
