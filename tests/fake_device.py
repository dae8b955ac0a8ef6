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


BACKWARD_S = 2.0**-8
"""What a backward pass takes: about 4 milliseconds."""

CLEAR_S = 2.0**-12
"""What clearing the gradients takes: about a quarter of a millisecond."""


class FakeDevice:
    """Give its methods to `benchmark`: `launch`, `synchronize`, `clock`. `calls` says in what order they came.

    >>> device = FakeDevice(); device.launch(); device.synchronize(); device.clock() == LAUNCH_S + COLD_S
    True
    """

    def __init__(self, later: Iterable[float] = (), launch_s: float = LAUNCH_S) -> None:
        self.calls: list[str] = []
        self._launch_s = launch_s
        self._now = 0.0
        self._busy_until = 0.0
        self._works = iter([COLD_S, *later])

    def launch(self) -> None:
        """Start work, and return before it is done."""
        self._start("fn", next(self._works, WORK_S))

    def _start(self, call: str, work_s: float) -> None:
        self.calls.append(call)
        self._now += self._launch_s
        self._busy_until = max(self._now, self._busy_until) + work_s

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


class FakeModel(FakeDevice):
    """A model on the device: give its methods to `time_training_step`.

    Its backward passes take `backwards`, then `BACKWARD_S` each, and as much again for each time that gradients
    were not cleared.

    >>> model = FakeModel(); model.zero_grad(); model.forward(); model.backward(); model.synchronize()
    >>> model.clock() == LAUNCH_S + CLEAR_S + COLD_S + BACKWARD_S
    True
    """

    def __init__(
        self, later: Iterable[float] = (), backwards: Iterable[float] = (), launch_s: float = LAUNCH_S
    ) -> None:
        super().__init__(later, launch_s)
        self._backwards = iter(backwards)
        self._gradients = 0

    def forward(self) -> None:
        """Start a forward pass."""
        self.launch()
        self.calls[-1] = "forward"

    def backward(self) -> None:
        """Start a backward pass, whose gradients add to those that are there."""
        self._gradients += 1
        self._start("backward", next(self._backwards, BACKWARD_S) * self._gradients)

    def zero_grad(self) -> None:
        """Clear the gradients."""
        self._gradients = 0
        self._start("zero_grad", CLEAR_S)
