"""Task 4.5: what GPUs can do, and how long a training takes them."""

from __future__ import annotations


def _row(**tenths: int) -> dict[str, int]:
    """Peaks from tenths of 10**12."""
    return {dtype: peak * 10**11 for dtype, peak in tenths.items()}


_DENSE = {
    "A100": _row(fp32=195, tf32=1560, bf16=3120),
    "H100": _row(fp32=670, tf32=4945, bf16=9895, fp8=19790),
    "H200": _row(fp32=670, tf32=4945, bf16=9895, fp8=19790),
    "B200": _row(fp32=800, tf32=11000, bf16=22500, fp8=45000, fp4=90000),
}


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
    if gpu not in _DENSE:
        raise ValueError(f"there is no GPU {gpu!r} in the table (asked for {dtype!r})")
    if dtype not in _DENSE[gpu]:
        raise ValueError(f"there is no dtype {dtype!r} in the table of {gpu!r}")
    dense = _DENSE[gpu][dtype]
    if not sparse:
        return dense
    if dtype == "fp32":
        raise ValueError(f"{dtype!r} has no sparse peak on {gpu!r}")
    return 2 * dense


def cluster_flops(gpus: int, seconds: int, peak: int) -> int:
    """FLOPs that so many GPUs could do in so many seconds, at their peak. (Task 4.5.)

    >>> cluster_flops(gpus=8, seconds=7 * 24 * 3600, peak=989_500_000_000_000)
    4787596800000000000000
    """
    return gpus * seconds * peak


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
    if not 1 <= mfu_percent <= 100:
        raise ValueError(f"mfu_percent={mfu_percent!r} is not in 1 to 100")
    return -(-100 * flops // (gpus * peak * mfu_percent))
