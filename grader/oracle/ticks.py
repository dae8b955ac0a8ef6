"""A device that lives tick by tick: each queue is a list, and its first entry is worked on. (Task 5.6.)

A tick is the smallest step of its time. While the program launches something or waits, the queues go on.
"""

from __future__ import annotations


class Ticking:
    """Two queues, whose entries are works with ticks left, or events.

    >>> device = Ticking(); device.step(2, 0, 3); device.event(0); device.wait(0); device.happened, device.now
    ({0: 5}, 5)
    """

    def __init__(self) -> None:
        self.now = 0
        self.happened: dict[int, int] = {}
        self._queues: list[list[list[int]]] = [[], []]
        self._events = 0

    def step(self, launch: int, queue: int, work: int) -> None:
        """Launch some work into a queue: it begins when launching is over."""
        for _ in range(launch):
            self._tick()
        self._queues[queue].append([0, work])
        self._pass()

    def event(self, queue: int) -> None:
        """Put an event into a queue."""
        self._queues[queue].append([1, self._events])
        self._events += 1
        self._pass()

    def wait(self, event: int) -> None:
        """Let time go on until an event has happened."""
        while event not in self.happened:
            self._tick()

    def _tick(self) -> None:
        self.now += 1
        for queue in self._queues:
            if queue:
                queue[0][1] -= 1
        self._pass()

    def _pass(self) -> None:
        """Events happen, and works end, whose turn it is."""
        for queue in self._queues:
            while queue and (queue[0][0] == 1 or queue[0][1] == 0):
                kind, number = queue.pop(0)
                if kind == 1:
                    self.happened[number] = self.now
