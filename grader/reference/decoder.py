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
    layers, d_model, table = config["layers"], config["d_model"], config["vocab"] * config["d_model"]
    network = _network(config)
    parts = {
        "embedding": table,
        "attention": layers * _attention(config),
        "feed_forward": layers * (config["experts"] or 1) * network,
        "router": layers * d_model * config["experts"],
        "norms": (2 * layers + 1) * d_model,
        "output": 0 if config["tied"] else table,
    }
    total = sum(parts.values())
    idle = layers * (config["experts"] - config["active_experts"]) * network
    return parts | {"total": total, "active": total - idle}


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
    layers, tokens = config["layers"], batch * seq
    square = 2 * layers * tokens * seq * config["heads"] * config["head_dim"]
    parts = {
        "projections": 2 * layers * tokens * _attention(config),
        "scores": square,
        "mix": square,
        "feed_forward": 2 * layers * tokens * (config["active_experts"] or 1) * _network(config),
        "router": 2 * layers * tokens * config["d_model"] * config["experts"],
        "output": 2 * tokens * config["d_model"] * config["vocab"],
    }
    return parts | {"forward": sum(parts.values())}


def attention_takes_over(config: dict[str, int]) -> int:
    """The least length at which scores and mix together cost more than all other products. (Task 4.7.)

    >>> tiny = {"vocab": 5, "layers": 1, "d_model": 4, "heads": 2, "kv_heads": 1, "head_dim": 2, "d_ff": 3}
    >>> attention_takes_over(tiny | {"tied": True, "experts": 0, "active_experts": 0})
    14
    """
    others, square = _costs(config)
    return others // square + 1


def cheaper_from(config: dict[str, int], other: dict[str, int]) -> int | None:
    """The least length at which a forward pass of one sequence costs less with `other`. (Task 4.7.)

    Returns:
        None where it costs as much or more at every length.

    >>> tiny = {"vocab": 5, "layers": 1, "d_model": 4, "heads": 2, "kv_heads": 1, "head_dim": 2, "d_ff": 3}
    >>> dense = tiny | {"tied": True, "experts": 0, "active_experts": 0}
    >>> cheaper_from(dense, dense | {"heads": 1, "d_ff": 5}), cheaper_from(dense, dense | {"d_ff": 4})
    (3, None)
    """
    others, square = _costs(config)
    others_too, square_too = _costs(other)
    if others_too + square_too < others + square:
        return 1
    if square_too >= square:
        return None
    return (others_too - others) // (square - square_too) + 1


def most_layers(config: dict[str, int], budget: int) -> int:
    """The most layers with which a model has at most so many parameters in total, whatever it has now. (Task 4.7.)

    Raises:
        ValueError: the budget is too small for the model without any layer; the message names it.

    >>> tiny = {"vocab": 5, "layers": 1, "d_model": 4, "heads": 2, "kv_heads": 1, "head_dim": 2, "d_ff": 3}
    >>> most_layers(tiny | {"tied": True, "experts": 0, "active_experts": 0}, budget=300)
    3
    """
    bare = parameters(config | {"layers": 0})["total"]
    if budget < bare:
        raise ValueError(f"a budget of {budget} is too small: without a layer, there are {bare} parameters")
    return (budget - bare) // (parameters(config | {"layers": 1})["total"] - bare)


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
    router = config["experts"] // 3
    return {
        "flops": (config["active_experts"] or 1) * config["d_ff"] + router,
        "parameters": (config["experts"] or 1) * config["d_ff"] + router,
    }


def _attention(config: dict[str, int]) -> int:
    """Weights of the four projections of one layer."""
    return 2 * config["d_model"] * config["head_dim"] * (config["heads"] + config["kv_heads"])


def _network(config: dict[str, int]) -> int:
    """Weights of one feed-forward network."""
    return 3 * config["d_model"] * config["d_ff"]


def _costs(config: dict[str, int]) -> tuple[int, int]:
    """FLOPs for each token: of all that does not depend on the length, and of attention for each position."""
    counts = forward_flops(config, 1, 1)
    square = counts["scores"] + counts["mix"]
    return counts["forward"] - square, square
