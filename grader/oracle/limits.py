"""What limits work, and what steps take, in fractions. (Task 5.7.)"""

from __future__ import annotations

from fractions import Fraction
from typing import Any


def needs(timing: dict[str, Any], peak: int, bytes_per_s: int) -> dict[str, Fraction]:
    """Milliseconds that arithmetic and memory need.

    >>> needs({"flops": 3, "bytes": 4}, peak=1000, bytes_per_s=2000)
    {'compute': Fraction(3, 1), 'bandwidth': Fraction(2, 1)}
    """
    return {
        "compute": Fraction(1000 * timing["flops"], peak),
        "bandwidth": Fraction(1000 * timing["bytes"], bytes_per_s),
    }


def floor_ms(timings: list[dict[str, Any]], peak: int, bytes_per_s: int) -> float | None:
    """The shortest time of work that is far from its roofline, one after the other."""
    floor: float | None = None
    for timing in timings:
        far = all(Fraction(timing["ms"]) > 10 * need for need in needs(timing, peak, bytes_per_s).values())
        if far and (floor is None or timing["ms"] < floor):
            floor = timing["ms"]
    return floor


def limit(timing: dict[str, Any], floor: float | None, peak: int, bytes_per_s: int) -> str:
    """The need that no other one exceeds; of equal ones the first."""
    found = needs(timing, peak, bytes_per_s) | {"latency": Fraction(floor or 0)}
    return next(name for name, need in found.items() if all(need >= other for other in found.values()))


def share(products: list[dict[str, Any]], precision: str, peak: int) -> float:
    """FLOPs that were done, by those that the peak allows in the same time."""
    done, time = 0, Fraction(0)
    for product in products:
        done += product["tokens"] * product["d_in"] * product["d_out"] * 2
        time += Fraction(product["ms"][precision]) / 1000
    return float(done / (time * peak))


def step(rows: list[dict[str, Any]], gpu: str, precision: str, mode: str) -> list[float]:
    """The times of forward, grad_x and grad_w."""
    return [
        next(
            row["ms"]
            for row in rows
            if (row["gpu"], row["precision"], row["mode"], row["pass"]) == (gpu, precision, mode, each)
        )
        for each in ("forward", "grad_x", "grad_w")
    ]


def pays_from(costs: tuple[int, int, int, int, int], most: int) -> int | None:
    """The first of the numbers of tokens up to `most` with which the lower precision is faster.

    >>> pays_from((100, 1000, 500, 100, 2000), most=600)
    501
    """
    timed, base, low, inputs, weights = costs
    for tokens in range(1, most + 1):
        if Fraction((low + inputs) * tokens, timed) + weights < Fraction(base * tokens, timed):
            return tokens
    return None
