"""Data sheets as records."""

from dataclasses import dataclass, field

T = 10**12


@dataclass(frozen=True)
class Sheet:
    fp32: int
    dense: dict = field(default_factory=dict)

    def peak(self, name, dtype, sparse):
        if dtype == "fp32" and not sparse:
            return self.fp32
        if dtype not in self.dense:
            raise ValueError(f"{name} has no {'sparse' if sparse else 'dense'} {dtype}")
        return self.dense[dtype] * (2 if sparse else 1)


HOPPER = Sheet(67 * T, {"tf32": 4945 * T // 10, "bf16": 9895 * T // 10, "fp8": 1979 * T})
SHEETS = {
    "A100": Sheet(195 * T // 10, {"tf32": 156 * T, "bf16": 312 * T}),
    "H100": HOPPER,
    "H200": HOPPER,
    "B200": Sheet(80 * T, {"tf32": 1100 * T, "bf16": 2250 * T, "fp8": 4500 * T, "fp4": 9000 * T}),
}


def peak_flops(gpu, dtype, sparse):
    if gpu not in SHEETS:
        raise ValueError(f"no GPU is called {gpu!r}")
    return SHEETS[gpu].peak(gpu, dtype, sparse)


def cluster_flops(gpus, seconds, peak):
    return peak * seconds * gpus


def training_seconds(flops, gpus, peak, mfu_percent):
    if not 1 <= mfu_percent <= 100:
        raise ValueError(f"an MFU of {mfu_percent} % is not possible")
    whole, rest = divmod(flops * 100, gpus * peak * mfu_percent)
    return whole + (rest > 0)


@dataclass(frozen=True)
class Offer:
    gpu: str
    gpus: int
    mfu_percent: int
    cents_per_hour: int

    def seconds(self, flops):
        return training_seconds(flops, self.gpus, peak_flops(self.gpu, "bf16", False), self.mfu_percent)

    def cents(self, flops):
        hours, rest = divmod(self.seconds(flops), 3600)
        return (hours + bool(rest)) * self.gpus * self.cents_per_hour


def cheapest_offer(flops, days, offers):
    known = [Offer(**offer) for offer in offers]
    in_time = [n for n, offer in enumerate(known) if offer.seconds(flops) <= days * 24 * 60 * 60]
    return min(in_time, key=lambda n: known[n].cents(flops)) if in_time else None
