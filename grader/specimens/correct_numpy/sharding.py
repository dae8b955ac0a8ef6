"""Stages and checkpointing as matrices of exact integers."""

import numpy as np

PARTS = ["weights", "gradients", "states"]
SPLIT = np.array([[0, 0, 0], [0, 0, 1], [0, 1, 1], [1, 1, 1]], dtype=object)
"""Of each stage, which parts are split."""

AROUND = np.array([[0, 2, 0], [1, 1, 0], [1, 1, 0], [2, 1, 0]], dtype=object)
"""Of each stage, how often each part goes around the ring."""

ANEW = {"none": (0, 0, 0), "attention": (0, 0, 1), "layer": (0, 1, 1)}
"""What is made anew of x, everything else, and attention's weights."""


def _sizes(recipe):
    return np.array([recipe[part] for part in PARTS], dtype=object)


def _row(table, stage):
    if stage < 0 or stage >= len(table):
        raise ValueError(f"stage {stage}")
    return table[stage]


def gpu_bytes(parameters, recipe, stage, gpus):
    split = _row(SPLIT, stage)
    numbers = split * -(-parameters // gpus) + (1 - split) * parameters
    return int((numbers * _sizes(recipe)).sum())


def sent_bytes(parameters, recipe, stage, gpus):
    each = int((_row(AROUND, stage) * _sizes(recipe)).sum())
    return each * (gpus - 1) * -(-parameters // gpus)


def tokens_to_hide(parameters, recipe, stage, gpus, flops_per_s, bytes_per_s):
    sending = sent_bytes(parameters, recipe, stage, gpus) * flops_per_s
    computing = 6 * parameters * bytes_per_s
    return (sending + computing - 1) // computing


def least_gpus(parameters, recipe, stage, gb, activations):
    sizes, split = _sizes(recipe), _row(SPLIT, stage)
    shared, alone = int((sizes * split).sum()), int((sizes * (1 - split)).sum())
    room = gb * 10**9 - activations - alone * parameters
    if room < shared:
        return None
    most = min(room // shared, parameters) if shared else parameters
    return -(-parameters // most)


def _kept(config, batch, seq):
    width = config["heads"] * config["head_dim"]
    d_model, d_ff = config["d_model"], config["d_ff"]
    numbers = np.array([d_model, 3 * d_model + 4 * width + 2 * d_ff, seq * config["heads"]], dtype=object)
    return batch * seq * numbers


def kept_bytes(config, batch, seq, itemsize, checkpointing):
    kept, anew = _kept(config, batch, seq), np.array(ANEW[checkpointing], dtype=object)
    times = config["layers"] * (1 - anew) + anew
    return int(itemsize * (kept * times).sum())


def recomputed_flops(config, batch, seq, checkpointing):
    width, d_model = config["heads"] * config["head_dim"], config["d_model"]
    matrices = np.array([d_model * width] * 4 + [d_model * config["d_ff"]] * 2, dtype=object)
    flops = np.array([0, matrices.sum(), 2 * seq * width], dtype=object)
    anew = np.array(ANEW[checkpointing], dtype=object)
    return int(2 * config["layers"] * batch * seq * (flops * anew).sum())


def least_checkpointing(config, batch, seq, itemsize, room):
    kept = {name: kept_bytes(config, batch, seq, itemsize, name) for name in ANEW}
    return next((name for name in ANEW if kept[name] <= room), None)


def weights_take_over(config):
    first, others, weights = _kept(config, 1, 1)
    return int((first + others) // weights + 1)
