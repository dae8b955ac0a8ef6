"""Training on many GPUs: what is stored, sent and kept, as records that add up."""

from dataclasses import dataclass, field


class Stage:
    """Which parts are split, and how often gradients and weights go around the ring."""

    def __init__(self, split, gradients, weights):
        self.split, self.gradients, self.weights = set(split), gradients, weights


STAGES = {
    0: Stage([], 2, 0),
    1: Stage(["states"], 1, 1),
    2: Stage(["states", "gradients"], 1, 1),
    3: Stage(["states", "gradients", "weights"], 1, 2),
}


@dataclass
class Training:
    parameters: int
    recipe: dict
    stage: Stage

    def share(self, gpus):
        return (self.parameters + gpus - 1) // gpus

    def stored(self, gpus):
        total = 0
        for part, size in self.recipe.items():
            total += size * (self.share(gpus) if part in self.stage.split else self.parameters)
        return total

    def sent(self, gpus):
        around = self.stage.gradients * self.recipe["gradients"] + self.stage.weights * self.recipe["weights"]
        return around * self.share(gpus) * (gpus - 1)


def gpu_bytes(parameters, recipe, stage, gpus):
    return Training(parameters, recipe, STAGES[stage]).stored(gpus)


def sent_bytes(parameters, recipe, stage, gpus):
    return Training(parameters, recipe, STAGES[stage]).sent(gpus)


def tokens_to_hide(parameters, recipe, stage, gpus, flops_per_s, bytes_per_s):
    tokens, rest = divmod(sent_bytes(parameters, recipe, stage, gpus) * flops_per_s, 6 * parameters * bytes_per_s)
    return tokens + 1 if rest else tokens


def least_gpus(parameters, recipe, stage, gb, activations):
    training = Training(parameters, recipe, STAGES[stage])
    room = gb * 1_000_000_000 - activations
    if training.stored(parameters) > room:
        return None
    few, many = 0, 1
    while training.stored(many) > room:
        few, many = many, 2 * many
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (middle, many) if training.stored(middle) > room else (few, middle)
    return many


@dataclass
class Layer:
    config: dict
    batch: int
    seq: int
    kept: dict = field(default_factory=dict)

    def __post_init__(self):
        width = self.config["heads"] * self.config["head_dim"]
        tokens, d_model, d_ff = self.batch * self.seq, self.config["d_model"], self.config["d_ff"]
        for name in ("x", "norm", "y", "second norm"):
            self.kept[name] = tokens * d_model
        for name in ("queries", "keys", "values", "mix"):
            self.kept[name] = tokens * width
        for name in ("up", "gelu"):
            self.kept[name] = tokens * d_ff
        self.kept["weights"] = tokens * self.seq * self.config["heads"]
        self.square = 4 * tokens * self.seq * width
        self.linear = 2 * tokens * (4 * d_model * width + 2 * d_model * d_ff)

    def anew(self, checkpointing):
        """Names of what is made anew, and the FLOPs of that."""
        return {
            "none": ([], 0),
            "attention": (["weights"], self.square),
            "layer": ([name for name in self.kept if name != "x"], self.square + self.linear),
        }[checkpointing]


def kept_bytes(config, batch, seq, itemsize, checkpointing):
    layer = Layer(config, batch, seq)
    names, _ = layer.anew(checkpointing)
    once = sum(layer.kept[name] for name in names)
    always = sum(layer.kept.values()) - once
    return (config["layers"] * always + once) * itemsize


def recomputed_flops(config, batch, seq, checkpointing):
    _, flops = Layer(config, batch, seq).anew(checkpointing)
    return flops * config["layers"]


def least_checkpointing(config, batch, seq, itemsize, room):
    for checkpointing in ("none", "attention", "layer"):
        if kept_bytes(config, batch, seq, itemsize, checkpointing) <= room:
            return checkpointing
    return None


def weights_take_over(config):
    kept = Layer(config, 1, 1).kept
    weights = kept.pop("weights")
    return sum(kept.values()) // weights + 1
