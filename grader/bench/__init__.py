"""Benchmarks: ratios measured side by side in one run, medians of interleaved repeats."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Mapping
from math import log
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table


def interleaved(candidates: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Median seconds of each candidate; they take turns, so that a slow minute slows all of them."""
    taken: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(repeats):
        for name, run in candidates.items():
            start = time.perf_counter()
            run()
            taken[name].append(time.perf_counter() - start)
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def show(title: str, caption: str, seconds: Mapping[str, float]) -> None:
    """Print a table; the ratio is to the first row."""
    base = next(iter(seconds.values()))
    table = Table(title=title, caption=caption, title_justify="left", caption_justify="left", min_width=80)
    table.add_column("")
    table.add_column("median", justify="right")
    table.add_column("ratio", justify="right")
    for name, median in seconds.items():
        table.add_row(name, f"{median * 1000:,.1f} ms", f"{median / base:.2f}")
    Console(width=100).print(table)


class Findings:
    """What was measured, printed as it comes, and kept for a file of JSON."""

    def __init__(self) -> None:
        self._all: list[dict[str, object]] = []

    def table(self, title: str, caption: str, seconds: Mapping[str, float]) -> None:
        """Medians, as `show` prints them."""
        show(title, caption, seconds)
        self._all.append({"title": title, "caption": caption, "median_s": dict(seconds)})

    def fact(self, title: str, value: float | str | bool, unit: str = "") -> None:
        """One number or one word."""
        told = f"{value:,.2f}" if isinstance(value, float) else str(value)
        Console(width=100).print(f"{title}: {told} {unit}".rstrip())
        self._all.append({"title": title, "value": value, "unit": unit})

    def write(self, path: Path | None) -> None:
        """Write what was found, if a file is wanted."""
        if path:
            path.write_text(json.dumps(self._all, indent=1) + "\n", encoding="utf-8")


def exponent(seconds: Mapping[int, float]) -> float:
    """The power of a size that time grows with, over some sizes.

    >>> round(exponent({10: 1.0, 20: 4.0, 40: 16.0}), 3)
    2.0
    """
    slope, _ = statistics.linear_regression([log(size) for size in seconds], [log(s) for s in seconds.values()])
    return slope


def memory(pid: int) -> int:
    """Bytes of a process and all that it has started; what several share is counted once."""
    found = 0
    try:
        for each in (first := psutil.Process(pid), *first.children(recursive=True)):
            found += each.memory_full_info().pss
    except psutil.Error:  # one of them has just ended
        pass
    return found
