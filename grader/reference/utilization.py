"""Task 5.3: how much of a GPU a training uses."""

from __future__ import annotations


def flops_per_token(parameters: int, layers: int, d_model: int, seq: int) -> int:
    """FLOPs of training a transformer on one token: 6·N for its parameters, and attention's own. (Task 5.3.)

    Attention's are 12·layers·d_model·seq, the full square.

    Source: Chowdhery et al. 2022, appendix B.

    >>> flops_per_token(parameters=124_000_000, layers=12, d_model=768, seq=1024)
    857246208
    """
    return 6 * parameters + 12 * layers * d_model * seq


def mfu(flops_of_a_token: int, tokens_per_s: float, gpus: int, peak: int) -> float:
    """Model FLOPs utilization: the share of the GPUs' dense peak that goes into the model's own FLOPs. (Task 5.3.)

    Args:
        flops_of_a_token: as `flops_per_token` gives them; what is computed twice is counted once.
        tokens_per_s: of all GPUs together.
        gpus: how many.
        peak: dense FLOPs per second of one GPU.

    Returns:
        a number between 0 and 1; a larger one, returned as it is, says that something was counted wrongly.

    Raises:
        ValueError: gpus or peak is below 1; the message names it, as in "gpus=0".

    >>> mfu(600_000_000, tokens_per_s=1_000_000, gpus=2, peak=1_000_000_000_000_000)
    0.3
    """
    for name, value in (("gpus", gpus), ("peak", peak)):
        if value < 1:
            raise ValueError(f"{name}={value} is below 1")
    return flops_of_a_token * tokens_per_s / (gpus * peak)


def hfu(utilization: float, checkpointing: bool) -> float:
    """Hardware FLOPs utilization: MFU with what is computed a second time. (Task 5.3.)

    With activation checkpointing the forward pass is computed once more in the backward pass: 4 passes for 3.

    >>> hfu(0.3, checkpointing=False), round(hfu(0.3, checkpointing=True), 9)
    (0.3, 0.4)
    """
    return utilization * 4 / 3 if checkpointing else utilization


def longest_sequence(
    tokens: int, days: int, gpus: int, peak: int, mfu_percent: int, parameters: int, layers: int, d_model: int
) -> int:
    """The longest sequences with which a training can be done in time. (Task 5.3.)

    Args:
        tokens: how many the model is trained on, whatever the length of the sequences.
        days: how many days of 24 hours there are.
        gpus: how many.
        peak: dense FLOPs per second of one GPU.
        mfu_percent: the MFU in percent, the same at each length.
        parameters: of the model.
        layers: of the model.
        d_model: its width.

    Returns:
        the length in tokens; 0 where not even sequences of one token can be trained in time.

    >>> longest_sequence(10**11, 3, 8, 9895 * 10**11, 50, 10**9, layers=24, d_model=2048)
    7221
    """
    left = days * 24 * 3600 * gpus * peak * mfu_percent - 100 * tokens * 6 * parameters
    return max(left, 0) // (100 * tokens * 12 * layers * d_model)
