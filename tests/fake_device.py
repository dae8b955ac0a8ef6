"""A device that works asynchronously, in virtual time: starting work is quick, and the work goes on by itself.

All times are binary fractions of a second, so that sums and differences of floats are exact.
"""

from __future__ import annotations

from collections.abc import Iterable

LAUNCH_S = 2.0**-18
"""What it takes to start work: about 4 microseconds."""

WORK_S = 2.0**-10
"""What the work takes: about a millisecond."""

COLD_S = 2.0**-4
"""What the very first run takes: about 62 milliseconds."""


class FakeDevice:
    """Give its methods to `benchmark`: `launch`, `synchronize`, `clock`. `calls` says in what order they came.

    >>> device = FakeDevice(); device.launch(); device.synchronize(); device.clock() == LAUNCH_S + COLD_S
    True
    """

    def __init__(self, later: Iterable[float] = ()) -> None:
        self.calls: list[str] = []
        self._now = 0.0
        self._busy_until = 0.0
        self._works = iter([COLD_S, *later])

    def launch(self) -> None:
        """Start work, and return before it is done."""
        self.calls.append("fn")
        self._now += LAUNCH_S
        self._busy_until = max(self._now, self._busy_until) + next(self._works, WORK_S)

    def synchronize(self) -> None:
        """Wait until all work is done."""
        self.calls.append("synchronize")
        self._now = max(self._now, self._busy_until)

    def clock(self) -> float:
        """The virtual time, in seconds."""
        self.calls.append("clock")
        return self._now

    @property
    def unsynchronized_readings(self) -> int:
        """How often the clock was read with no `synchronize` right before."""
        pairs = zip(["", *self.calls], self.calls, strict=False)
        return sum(call == "clock" and before != "synchronize" for before, call in pairs)
