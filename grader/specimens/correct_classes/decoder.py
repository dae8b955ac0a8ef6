"""A decoder as matrices that know their sizes, and how many of them a token meets."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Matrix:
    part: str
    rows: int
    columns: int
    held: int = 1
    met: int = 1

    @property
    def weights(self):
        return self.rows * self.columns * self.held

    @property
    def products(self):
        return 2 * self.rows * self.columns * self.met


class Decoder:
    def __init__(self, config):
        self.config, width = config, config["d_model"]
        queries, keys = (config[name] * config["head_dim"] for name in ("heads", "kv_heads"))
        dense = not config["experts"]
        networks = (1, 1) if dense else (config["experts"], config["active_experts"])
        self.layer = [
            Matrix("attention", width, queries),
            Matrix("attention", width, keys),
            Matrix("attention", width, keys),
            Matrix("attention", queries, width),
            Matrix("router", width, config["experts"]),
            *(Matrix("feed_forward", width, config["d_ff"], *networks) for _ in range(3)),
        ]
        self.output = Matrix("output", width, config["vocab"], held=0 if config["tied"] else 1)
        self.layers, self.attention = config["layers"], queries

    def weights(self, part):
        return self.layers * sum(matrix.weights for matrix in self.layer if matrix.part == part)

    def products(self, part):
        return self.layers * sum(matrix.products for matrix in self.layer if matrix.part == part)

    def square(self):
        return 2 * self.layers * self.attention

    def per_token(self):
        inside = sum(self.products(part) for part in ("attention", "router", "feed_forward"))
        return inside + self.output.products


def parameters(config):
    model = Decoder(config)
    parts = {name: model.weights(name) for name in ("attention", "feed_forward", "router")}
    parts["embedding"] = config["vocab"] * config["d_model"]
    parts["norms"] = config["d_model"] * 2 * config["layers"] + config["d_model"]
    parts["output"] = model.output.weights
    total = sum(parts.values())
    idle = model.layers * sum((each.held - each.met) * each.rows * each.columns for each in model.layer)
    return {**parts, "total": total, "active": total - idle}


def forward_flops(config, batch, seq):
    model, tokens = Decoder(config), batch * seq
    counts = {"scores": tokens * seq * model.square(), "mix": tokens * seq * model.square()}
    counts["projections"] = tokens * model.products("attention")
    counts["feed_forward"] = tokens * model.products("feed_forward")
    counts["router"] = tokens * model.products("router")
    counts["output"] = tokens * model.output.products
    counts["forward"] = sum(counts.values())
    return counts


def attention_takes_over(config):
    model = Decoder(config)
    length, rest = divmod(model.per_token(), 2 * model.square())
    return length + 1


def cheaper_from(config, other):
    one, two = Decoder(config), Decoder(other)
    saved = 2 * (one.square() - two.square())
    dearer = two.per_token() - one.per_token()
    if dearer < saved:
        return 1
    return dearer // saved + 1 if saved > 0 else None


def most_layers(config, budget):
    model = Decoder({**config, "layers": 1})
    once = config["vocab"] * config["d_model"] * (1 if config["tied"] else 2) + config["d_model"]
    each = sum(matrix.weights for matrix in model.layer) + 2 * config["d_model"]
    if once > budget:
        raise ValueError(f"{budget} parameters are fewer than {once}")
    return (budget - once) // each


def dense_twins(config):
    if not config["experts"]:
        return dict.fromkeys(("parameters", "flops"), config["d_ff"])
    columns = 3 * config["d_ff"] * config["experts"] + config["experts"]
    met = 3 * config["d_ff"] * config["active_experts"] + config["experts"]
    return {"parameters": columns // 3, "flops": met // 3}
