"""Task 4.7: parameters and FLOPs of a decoder of today, and what follows from them.

A configuration is a dict: "vocab", "layers", "d_model", "heads" (of queries), "kv_heads" (of keys, and of values),
"head_dim", "d_ff" (of one network), "tied", "experts" (networks in each layer) and "active_experts" (those that a
token meets). A dense model has one network in each layer, and 0 for both numbers of experts.
"""

from __future__ import annotations


def parameters(config: dict[str, int]) -> dict[str, int]:
    """Parameters of a decoder, by part. (Task 4.7.)

    Returns:
        "embedding", "attention", "feed_forward" (all experts), "router", "norms", "output" (0 where it is tied),
        their sum "total", and "active": all parameters but those of experts that a token does not meet.

    >>> mistral = {"vocab": 32_000, "layers": 32, "d_model": 4096, "heads": 32, "kv_heads": 8, "head_dim": 128}
    >>> parameters(mistral | {"d_ff": 14_336, "tied": False, "experts": 0, "active_experts": 0})["total"]
    7241732096
    """
    raise NotImplementedError("Task 4.7: parameters in assignment/decoder.py")


def forward_flops(config: dict[str, int], batch: int, seq: int) -> dict[str, int]:
    """FLOPs of the matrix products of a forward pass, by part. (Task 4.7.)

    The conventions are those of Task 4.4: attention is the full square, there is no cache, and the output layer
    sees every position. Norms, rotary positions, softmax and all that is done number by number are not counted.

    Returns:
        "projections" (all four), "scores", "mix", "feed_forward", "router", "output", and their sum "forward".

    >>> tiny = {"vocab": 5, "layers": 1, "d_model": 4, "heads": 2, "kv_heads": 1, "head_dim": 2, "d_ff": 3}
    >>> forward_flops(tiny | {"tied": True, "experts": 0, "active_experts": 0}, batch=1, seq=2)["forward"]
    480
    """
    raise NotImplementedError("Task 4.7: forward_flops in assignment/decoder.py")


def attention_takes_over(config: dict[str, int]) -> int:
    """The least length at which scores and mix together cost more than all other products. (Task 4.7.)

    >>> tiny = {"vocab": 5, "layers": 1, "d_model": 4, "heads": 2, "kv_heads": 1, "head_dim": 2, "d_ff": 3}
    >>> attention_takes_over(tiny | {"tied": True, "experts": 0, "active_experts": 0})
    14
    """
    raise NotImplementedError("Task 4.7: attention_takes_over in assignment/decoder.py")


def cheaper_from(config: dict[str, int], other: dict[str, int]) -> int | None:
    """The least length at which a forward pass of one sequence costs less with `other`. (Task 4.7.)

    Returns:
        None where it costs as much or more at every length.

    >>> tiny = {"vocab": 5, "layers": 1, "d_model": 4, "heads": 2, "kv_heads": 1, "head_dim": 2, "d_ff": 3}
    >>> dense = tiny | {"tied": True, "experts": 0, "active_experts": 0}
    >>> cheaper_from(dense, dense | {"heads": 1, "d_ff": 5}), cheaper_from(dense, dense | {"d_ff": 4})
    (3, None)
    """
    raise NotImplementedError("Task 4.7: cheaper_from in assignment/decoder.py")


def most_layers(config: dict[str, int], budget: int) -> int:
    """The most layers with which a model has at most so many parameters in total, whatever it has now. (Task 4.7.)

    Raises:
        ValueError: the budget is too small for the model without any layer; the message names it.

    >>> tiny = {"vocab": 5, "layers": 1, "d_model": 4, "heads": 2, "kv_heads": 1, "head_dim": 2, "d_ff": 3}
    >>> most_layers(tiny | {"tied": True, "experts": 0, "active_experts": 0}, budget=300)
    3
    """
    raise NotImplementedError("Task 4.7: most_layers in assignment/decoder.py")


def dense_twins(config: dict[str, int]) -> dict[str, int]:
    """Widths of dense models that cost, or hold, no more than a mixture of experts. (Task 4.7.)

    Both are equal to it but for their feed-forward networks: one in each layer, and no router.

    Returns:
        the largest d_ff with which a forward pass takes no more "flops", and the largest one with no more
        "parameters" in total. Of a dense model, both are its own.

    >>> tiny = {"vocab": 5, "layers": 1, "d_model": 4, "heads": 2, "kv_heads": 1, "head_dim": 2, "d_ff": 3}
    >>> dense_twins(tiny | {"tied": True, "experts": 4, "active_experts": 2})
    {'flops': 7, 'parameters': 13}
    """
    raise NotImplementedError("Task 4.7: dense_twins in assignment/decoder.py")
