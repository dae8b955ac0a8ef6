"""Benchmarks: ratios measured side by side in one run, medians of interleaved repeats."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping

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
