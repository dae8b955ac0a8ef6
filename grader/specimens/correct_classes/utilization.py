"""A training run as an object."""


class Run:
    def __init__(self, gpus, peak):
        for name, value in {"gpus": gpus, "peak": peak}.items():
            if value < 1:
                raise ValueError(f"{name}={value}")
        self.capacity = gpus * peak

    def share(self, flops_per_s):
        return flops_per_s / self.capacity


def flops_per_token(parameters, layers, d_model, seq):
    return 6 * parameters + 12 * layers * d_model * seq


def mfu(flops_of_a_token, tokens_per_s, gpus, peak):
    return Run(gpus, peak).share(flops_of_a_token * tokens_per_s)


def hfu(utilization, checkpointing):
    passes = 3 + bool(checkpointing)
    return utilization * passes / 3


def longest_sequence(tokens, days, gpus, peak, mfu_percent, parameters, layers, d_model):
    run = Run(gpus, peak)
    hundredths = run.capacity * mfu_percent * days * 86400
    high = hundredths // (100 * tokens * 12 * layers * d_model) + 1
    low = 0
    while low < high:
        seq = (low + high + 1) // 2
        fits = 100 * tokens * flops_per_token(parameters, layers, d_model, seq) <= hundredths
        low, high = (seq, high) if fits else (low, seq - 1)
    return low
