"""A decoder's matrices as the rows of an array of exact integers; questions are answered by bisection."""

import numpy as np

PARTS = ["attention", "feed_forward", "router", "output"]


def _weights(config, of_experts):
    """Weights by part, with so many experts in each layer."""
    d_model, layers = config["d_model"], config["layers"]
    heads = np.array([config["heads"], config["kv_heads"], config["kv_heads"], config["heads"]], dtype=object)
    network = np.full(3, d_model * config["d_ff"], dtype=object)
    return np.array(
        [
            layers * d_model * config["head_dim"] * heads.sum(),
            layers * (of_experts if config["experts"] else 1) * network.sum(),
            layers * d_model * config["experts"],
            d_model * config["vocab"],
        ],
        dtype=object,
    )


def parameters(config):
    d_model = config["d_model"]
    parts = {name: int(each) for name, each in zip(PARTS, _weights(config, config["experts"]))}
    parts["embedding"] = parts["output"]
    if config["tied"]:
        parts["output"] = 0
    parts["norms"] = d_model * (1 + config["layers"] * 2)
    met = int(_weights(config, config["active_experts"])[1])
    total = sum(parts.values())
    return parts | {"total": total, "active": total - parts["feed_forward"] + met}


def forward_flops(config, batch, seq):
    products = 2 * batch * seq * _weights(config, config["active_experts"])
    counts = dict(zip(["projections", *PARTS[1:]], map(int, products)))
    counts["scores"] = counts["mix"] = 2 * batch * config["layers"] * config["heads"] * config["head_dim"] * seq**2
    return counts | {"forward": sum(counts.values())}


def _first(holds):
    """The least whole number from 1 on from which on this holds."""
    high = 1
    while not holds(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def attention_takes_over(config):
    def holds(seq):
        counts = forward_flops(config, 1, seq)
        return 2 * (counts["scores"] + counts["mix"]) > counts["forward"]

    return _first(holds)


def cheaper_from(config, other):
    def holds(seq):
        return forward_flops(other, 1, seq)["forward"] < forward_flops(config, 1, seq)["forward"]

    grows = np.array([each["layers"] * each["heads"] * each["head_dim"] for each in (other, config)], dtype=object)
    if holds(1):
        return 1
    return _first(holds) if grows[0] < grows[1] else None


def most_layers(config, budget):
    def too_many(layers):
        return parameters(config | {"layers": layers})["total"] > budget

    if too_many(0):
        raise ValueError(f"{budget}: too small")
    return _first(too_many) - 1


def dense_twins(config):
    if config["experts"] == 0:
        return {"flops": config["d_ff"], "parameters": config["d_ff"]}
    networks = np.array([config["active_experts"], config["experts"]], dtype=object)
    flops, held = (3 * networks * config["d_ff"] + config["experts"]) // 3
    return {"flops": int(flops), "parameters": int(held)}
