"""Task 5.3."""

from __future__ import annotations

from fractions import Fraction


def flops_per_token(parameters, layers, d_model, seq):
    return 6 * parameters + 12 * layers * d_model * seq


def mfu(flops_of_a_token, tokens_per_s, gpus, peak):
    for name, value in {"gpus": gpus, "peak": peak}.items():
        if value < 1:
            raise ValueError(f"{name}={value}")
    return float(Fraction(flops_of_a_token) * Fraction(tokens_per_s) / (gpus * peak))


def hfu(utilization, checkpointing):
    return float(Fraction(utilization) * Fraction(4, 3)) if checkpointing else utilization


def longest_sequence(tokens, days, gpus, peak, mfu_percent, parameters, layers, d_model):
    each = Fraction(days * 86400 * gpus * peak * mfu_percent, 100 * tokens)
    return max(0, int((each - 6 * parameters) // (12 * layers * d_model)))
