"""Task 4.5: what GPUs can do, and how long a training takes them."""

from __future__ import annotations


def peak_flops(gpu: str, dtype: str, sparse: bool) -> int:
    """The data sheet's FLOPs per second of one GPU. (Task 4.5.)

    The handout's table has what the data sheets print; names are those of the table, letter by letter. With 2:4
    sparsity, matrix units of these GPUs do twice as many; "fp32" is done by other units, which know no sparsity.

    Raises:
        ValueError: no such GPU or dtype, or not both together, or fp32 with sparsity; the message names the GPU or
            the dtype, the unknown one if there is one.

    Source: NVIDIA's data sheets of the A100 (2021), H100 (2023) and H200 (2024), SXM, and the HGX B200 (2024, the
        first edition; those of 2025 print 75e12 for its fp32).

    >>> peak_flops("H100", "bf16", sparse=False)
    989500000000000
    """
    raise NotImplementedError("Task 4.5: peak_flops in assignment/budgets.py")


def cluster_flops(gpus: int, seconds: int, peak: int) -> int:
    """FLOPs that so many GPUs could do in so many seconds, at their peak. (Task 4.5.)

    >>> cluster_flops(gpus=8, seconds=7 * 24 * 3600, peak=989_500_000_000_000)
    4787596800000000000000
    """
    raise NotImplementedError("Task 4.5: cluster_flops in assignment/budgets.py")


def training_seconds(flops: int, gpus: int, peak: int, mfu_percent: int) -> int:
    """Whole seconds, rounded up, that a training takes at a share of the peak. (Task 4.5.)

    MFU, model FLOPs utilization, is the share of the peak that goes into the model's own FLOPs. Exact, however
    large.

    Raises:
        ValueError: mfu_percent is not in 1 to 100; the message names it.

    Source: Chowdhery et al. 2022, appendix B, for MFU.

    >>> training_seconds(flops=314 * 10**21, gpus=1024, peak=312 * 10**12, mfu_percent=50) // (24 * 3600)
    22
    """
    raise NotImplementedError("Task 4.5: training_seconds in assignment/budgets.py")


def cheapest_offer(flops: int, days: int, offers: list[dict[str, int | str]]) -> int | None:
    """Which of some offers trains a model for the least money, of those that do it in time. (Task 4.5.)

    Args:
        flops: what the training takes, in bf16, dense.
        days: how many days it may take, of 24 hours.
        offers: each has a "gpu" of the table, the number of "gpus", the "mfu_percent" that they reach, and the
            "cents_per_hour" of one of them. Each is paid for each hour that has begun.

    Returns:
        the index of the offer, the first of those that cost equally little; None when none is in time.

    >>> offers = [
    ...     {"gpu": "A100", "gpus": 8, "mfu_percent": 50, "cents_per_hour": 200},
    ...     {"gpu": "H100", "gpus": 8, "mfu_percent": 40, "cents_per_hour": 350},
    ... ]
    >>> cheapest_offer(10**21, 30, offers), cheapest_offer(10**21, 3, offers)
    (1, None)
    """
    raise NotImplementedError("Task 4.5: cheapest_offer in assignment/budgets.py")
