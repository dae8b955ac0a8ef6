"""A device with queues, events and a cache, in virtual time: what is started is worked on in its queue, in order.

All times are binary fractions of a millisecond, so that sums and differences of floats are exact.
"""

from __future__ import annotations

from collections.abc import Iterable

LAUNCH_MS = 2.0**-8
"""What it takes the program to start something: about 4 microseconds."""

FLUSH_MS = 2.0**-4
"""What emptying the cache takes: about 60 microseconds, in which some launches are hidden."""

COLD_MS = 32.0
"""By how much the very first run is longer."""

WORK_MS = 0.5
"""What the work takes with an empty cache. With a warm one, it takes half of that."""


class FakeQueues:
    """Give its methods to the functions of Task 5.6. `calls` says in what order they came.

    `works` are the times of the runs of `fn`, each with an empty cache, and without what the first run takes more.
    `earlier` is how long each queue has work from before.

    >>> device = FakeQueues(queue=1); device.flush(); start = device.record(1); device.fn(); end = device.record(1)
    >>> device.elapsed_ms(start, end), device.synchronize(end), device.elapsed_ms(start, end) == WORK_MS + COLD_MS
    (0.0, None, True)
    """

    def __init__(
        self,
        works: Iterable[float] = (),
        queue: int = 0,
        earlier: tuple[float, float] = (0.0, 0.0),
        launch_ms: float = LAUNCH_MS,
        flush_ms: float = FLUSH_MS,
        cold_ms: float = COLD_MS,
    ) -> None:
        self.calls: list[str] = []
        self.early = 0
        """How often an event was read that had not happened."""
        self._works = iter(works)
        self._queue = queue
        self._busy_until = [*earlier]
        self._launch_ms, self._flush_ms, self._cold_ms = launch_ms, flush_ms, cold_ms
        self._now = 0.0
        self._events: list[float] = []
        self._warm = False

    def fn(self) -> None:
        """Start a run of the work, and return before it is done."""
        work_ms = next(self._works, WORK_MS) / (2 if self._warm else 1)
        self._start("fn", self._queue, work_ms + self._cold_ms)
        self._cold_ms, self._warm = 0.0, True

    def flush(self) -> None:
        """Start to empty the cache."""
        self._start("flush", self._queue, self._flush_ms)
        self._warm = False

    def busy(self) -> None:
        """Start long work."""
        self._start("busy", self._queue, 4096 * self._launch_ms)

    def first(self) -> None:
        """Start the next work in queue 0."""
        self._start("first", 0, next(self._works, WORK_MS))

    def second(self) -> None:
        """Start the next work in queue 1."""
        self._start("second", 1, next(self._works, WORK_MS))

    def record(self, queue: int) -> int:
        """Put an event into a queue; it happens when all that is in front of it is done."""
        self.calls.append(f"record {queue}")
        waits_for = self._busy_until[queue] if queue in (0, 1) else 0.0
        self._events.append(max(self._now, waits_for))
        return len(self._events) - 1

    def synchronize(self, event: int) -> None:
        """Wait until an event has happened."""
        self.calls.append("synchronize")
        if self._known(event):
            self._now = max(self._now, self._events[event])

    def elapsed_ms(self, start: int, end: int) -> float:
        """Milliseconds between two events, or 0.0 where one of them has not happened."""
        self.calls.append("elapsed")
        if not (self._known(start) and self._known(end)):
            return 0.0
        happened = self._events[start], self._events[end]
        if max(happened) > self._now:
            self.early += 1
            return 0.0
        return happened[1] - happened[0]

    def _known(self, event: object) -> bool:
        return isinstance(event, int) and 0 <= event < len(self._events)

    def _start(self, call: str, queue: int, work_ms: float) -> None:
        self.calls.append(call)
        self._now += self._launch_ms
        self._busy_until[queue] = max(self._now, self._busy_until[queue]) + work_ms
