"""Task 4.5: what GPUs can do, and how long a training takes them."""

from __future__ import annotations


def _row(**tenths: int) -> dict[str, int]:
    return {dtype: peak * 10**11 for dtype, peak in tenths.items()}


_DENSE = {
    "A100": _row(fp32=195, tf32=1560, bf16=3120),
    "H100": _row(fp32=670, tf32=4945, bf16=9895, fp8=19790),
    "H200": _row(fp32=670, tf32=4945, bf16=9895, fp8=19790),
    "B200": _row(fp32=800, tf32=11000, bf16=22500, fp8=45000, fp4=90000),
}


def peak_flops(gpu: str, dtype: str, sparse: bool) -> int:
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
    return gpus * seconds * peak


def training_seconds(flops: int, gpus: int, peak: int, mfu_percent: int) -> int:
    if not 1 <= mfu_percent <= 100:
        raise ValueError(f"mfu_percent={mfu_percent!r} is not in 1 to 100")
    return -(-100 * flops // (gpus * peak * mfu_percent))


def cheapest_offer(flops: int, days: int, offers: list[dict]) -> int | None:
    def seconds(offer: dict) -> int:
        peak = peak_flops(offer["gpu"], "bf16", False)
        return training_seconds(flops, offer["gpus"], peak, offer["mfu_percent"])

    def cents(offer: dict) -> int:
        hours = -(-seconds(offer) // 3600)
        return hours * offer["gpus"] * offer["cents_per_hour"]

    in_time = [(cents(offer), index) for index, offer in enumerate(offers) if seconds(offer) <= days * 86_400]
    return min(in_time)[1] if in_time else None
