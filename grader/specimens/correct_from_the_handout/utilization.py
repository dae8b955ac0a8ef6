"""Task 5.3: how much of a GPU a training uses."""

from __future__ import annotations

from fractions import Fraction


def flops_per_token(parameters: int, layers: int, d_model: int, seq: int) -> int:
    return 6 * parameters + 12 * layers * d_model * seq


def mfu(flops_of_a_token: int, tokens_per_s: float, gpus: int, peak: int) -> float:
    for name, value in (("gpus", gpus), ("peak", peak)):
        if value < 1:
            raise ValueError(f"{name}={value!r} is below 1")
    return float(Fraction(flops_of_a_token) * Fraction(tokens_per_s) / (Fraction(gpus) * Fraction(peak)))


def hfu(utilization: float, checkpointing: bool) -> float:
    return utilization * 4 / 3 if checkpointing else utilization


def longest_sequence(
    tokens: int, days: int, gpus: int, peak: int, mfu_percent: int, parameters: int, layers: int, d_model: int
) -> int:
    budget = days * 86_400 * gpus * peak * mfu_percent // (100 * tokens)  # whole FLOPs for each token
    return max(budget - 6 * parameters, 0) // (12 * layers * d_model)
