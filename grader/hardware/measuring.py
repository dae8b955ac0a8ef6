"""Times of one piece of work: repeated until they agree, with caches cold and the queue full."""

from __future__ import annotations

import time
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any

import torch

from grader.hardware.machines import Machine, Work

STEADY, TICK_S = 0.03, 1e-6
"""The middle half of all runs lies within this share of their median, or within what a device's clock can tell."""

AT_LEAST, AT_MOST, PATIENCE_S = 7, 200, 0.6


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds of one piece of work.

    `ms` is by the device's own clock while its queue is full, so that starting the work costs nothing; `alone_ms`
    by the host's clock, from an idle device to an idle device, as a program sees it that waits for each call;
    `first_ms` that of the first call of all. `spread` is the middle half of the runs over their median.
    """

    ms: float
    alone_ms: float
    first_ms: float
    spread: float
    runs: int

    def words(self) -> str:
        """Whether the runs agreed.

        >>> Measured(1.0, 1.1, 9.0, 0.01, 12).words(), Measured(1.0, 1.1, 9.0, 0.2, 90).words()
        ('', 'not steady: the middle half of 90 runs lies within 20 % of their median')
        """
        if steady(self.spread, self.ms / 1e3):
            return ""
        within = f"the middle half of {self.runs} runs lies within {self.spread:.0%} of their median"
        return f"not steady: {within}".replace("%", " %")


class Flush:
    """Writes more bytes than the last cache holds, so that what is read next comes from memory.

    It also keeps the device busy while the host starts what is measured: the launch is hidden behind it.
    """

    def __init__(self, device: str) -> None:
        cache = getattr(torch.cuda.get_device_properties(0), "L2_cache_size", 0) if device == "cuda" else 0
        self._buffer = torch.empty(max(2 * cache, 1 << 24) // 4, dtype=torch.int32, device=device)

    def __call__(self) -> None:
        """Do it."""
        self._buffer.zero_()


def measure(device: Machine, work: Work, flush: Flush, patience_s: float = PATIENCE_S) -> Measured:
    """Repeat the work until the runs agree, or until patience ends.

    >>> from grader.hardware.machines import machine
    >>> with machine("cpu") as cpu:
    ...     measure(cpu, lambda: None, Flush("cpu"), patience_s=0.01).runs >= AT_LEAST
    True
    """
    first_s = _alone(device, work)
    for _ in range(2):
        device.launch(work)
    device.synchronize()
    alone_s = median(_alone(device, work) for _ in range(AT_LEAST))
    start_s = _starting(device, flush, work)
    device.times.clear()
    taken: list[float] = []
    until = time.perf_counter() + patience_s
    while len(taken) < AT_MOST:
        device.hold(1.5 * AT_LEAST * start_s)
        for _ in range(AT_LEAST):
            device.launch(flush)
            device.launch(work)
        device.synchronize()
        taken += device.times[1::2]
        device.times.clear()
        if steady(spread(taken), median(taken)) or time.perf_counter() > until:
            break
    return Measured(median(taken) * 1e3, alone_s * 1e3, first_s * 1e3, spread(taken), len(taken))


def spread(taken: list[float]) -> float:
    """The middle half over the median.

    >>> spread([1.0, 2.0, 2.0, 2.0, 9.0])
    0.0
    """
    low, middle, high = quantiles(taken, n=4, method="inclusive")
    return (high - low) / middle if middle else 0.0


def steady(apart: float, middle_s: float) -> bool:
    """Whether runs whose middle half is so far apart, for such a median, agree.

    >>> steady(0.1, 5e-6), steady(0.1, 5e-3)
    (True, False)
    """
    return apart <= STEADY or apart * middle_s <= TICK_S


def _starting(device: Machine, *works: Work) -> float:
    """Seconds that the host needs to start these, whatever the device needs to do them."""
    start = time.perf_counter()
    for work in works:
        device.launch(work)
    taken = time.perf_counter() - start
    device.synchronize()
    return taken


def _alone(device: Machine, work: Work) -> float:
    device.synchronize()
    start = time.perf_counter()
    device.start(work)
    device.synchronize()
    return time.perf_counter() - start


def row(measured: dict[str, Measured], digits: int = 5) -> dict[str, Any]:
    """Several measurements as fields of one row.

    >>> row({"forward": Measured(1.0, 1.1, 9.0, 0.01, 12)})
    {'forward_ms': 1.0, 'forward_alone_ms': 1.1, 'forward_first_ms': 9.0, 'spread': 0.01, 'runs': 12}
    """
    fields: dict[str, Any] = {}
    for name, each in measured.items():
        fields |= {
            f"{name}_ms": round(each.ms, digits),
            f"{name}_alone_ms": round(each.alone_ms, digits),
            f"{name}_first_ms": round(each.first_ms, 3),
        }
    said = [words for each in measured.values() if (words := each.words())]
    least = {
        "spread": round(max(m.spread for m in measured.values()), 4),
        "runs": min(m.runs for m in measured.values()),
    }
    return fields | least | ({"said": said[0]} if said else {})
