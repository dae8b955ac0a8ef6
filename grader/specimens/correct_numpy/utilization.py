"""Utilization; shares in another order of the same operations."""

import numpy as np


def flops_per_token(parameters, layers, d_model, seq):
    return int(
        np.dot(np.array([6, 12], dtype=object), np.array([parameters, layers * d_model * seq], dtype=object))
    )


def mfu(flops_of_a_token, tokens_per_s, gpus, peak):
    if gpus < 1 or peak < 1:
        raise ValueError(f"gpus={gpus}, peak={peak}: both must be 1 or more")
    return float(np.float64(tokens_per_s) / gpus * (flops_of_a_token / peak))


def hfu(utilization, checkpointing):
    return float(np.where(checkpointing, np.multiply(utilization, 4 / 3), utilization))


def longest_sequence(tokens, days, gpus, peak, mfu_percent, parameters, layers, d_model):
    done = int(np.prod(np.array([days, 86400, gpus, peak, mfu_percent], dtype=object)))
    left = done - 600 * parameters * tokens
    return int(np.maximum(np.array(left, dtype=object), 0) // (1200 * tokens * layers * d_model))
