"""Task 5.6: timing work on a device by events in its queues."""

from __future__ import annotations

from collections.abc import Callable


def event_times(
    fn: Callable[[], object],
    flush: Callable[[], object],
    record: Callable[[int], int],
    synchronize: Callable[[int], object],
    elapsed_ms: Callable[[int, int], float],
    queue: int,
    warmup: int,
    repeats: int,
) -> list[float]:
    """Milliseconds of each measured run of a function, by the device's own events. (Task 5.6.)

    Args:
        fn: starts work in the queue, and returns before it is done.
        flush: starts to empty the device's cache, in the same queue.
        record: puts an event into a queue, behind all that is in it, and gives the event's number.
        synchronize: returns when an event has happened.
        elapsed_ms: milliseconds from one event to another; 0.0 while one of them has not happened.
        queue: the number of the queue in which `fn` and `flush` work.
        warmup: runs before the measurement, which are not measured.
        repeats: runs that are measured, each with an empty cache.

    Returns:
        the times of the measured runs, in order. The flush is in none of them, and neither is the launch of the
        work: there is no wait between the flush and the run that it is for.

    Raises:
        ValueError: warmup is below 0 or repeats below 1; the message names it.

    >>> happened = iter([10.0, 12.5, 20.0, 21.0]); at = []
    >>> def record(queue): at.append(next(happened)); return len(at) - 1
    >>> nothing = lambda *_: None
    >>> event_times(nothing, nothing, record, nothing, lambda a, b: at[b] - at[a], 0, warmup=1, repeats=2)
    [2.5, 1.0]
    """
    raise NotImplementedError("Task 5.6: event_times in assignment/events.py")


def summary(times_ms: list[float], tolerance: float) -> tuple[float, str]:
    """The median of some runs' times, and whether the device became slower or faster on the way. (Task 5.6.)

    The median of the first third of the runs is compared with that of the last third. A third is a third of their
    number, rounded down. A change by more than `tolerance`, as a share of the first third's median, is told.

    Returns:
        the median of all runs, and "steady", "slower" (a clock that throttles) or "faster" (a warm-up that was too
        short).

    Raises:
        ValueError: there are fewer than 3 times; the message names their number.

    >>> summary([2.0, 2.0, 2.0, 2.0, 3.0, 3.0], tolerance=0.25)
    (2.0, 'slower')
    """
    raise NotImplementedError("Task 5.6: summary in assignment/events.py")


def overlap(
    first: Callable[[], object],
    second: Callable[[], object],
    record: Callable[[int], int],
    synchronize: Callable[[int], object],
    elapsed_ms: Callable[[int, int], float],
) -> tuple[float, float]:
    """How long two queues work in all, and how long both of them at once. (Task 5.6.)

    Args:
        first: starts work in queue 0; it is called first.
        second: starts work in queue 1.
        record: as in `event_times`; an event stands right before and right after each of the two works.
        synchronize: as in `event_times`.
        elapsed_ms: as in `event_times`; below 0 where the second event happened before the first.

    Returns:
        milliseconds from the beginning of the work that begins first to the end of the one that ends last, and
        milliseconds in which both are worked on, which may be 0.

    >>> at = [10.0, 14.0, 11.0, 12.5]; events = iter(range(4)); nothing = lambda *_: None
    >>> overlap(nothing, nothing, lambda queue: next(events), nothing, lambda a, b: at[b] - at[a])
    (4.0, 1.5)
    """
    raise NotImplementedError("Task 5.6: overlap in assignment/events.py")


def launch_share(
    fn: Callable[[], object],
    busy: Callable[[], object],
    record: Callable[[int], int],
    synchronize: Callable[[int], object],
    elapsed_ms: Callable[[int, int], float],
    queue: int,
    calls: int,
) -> float:
    """The share of a row of calls in which the device waits for the next launch. (Task 5.6.)

    A row is timed twice, each time by an event before it and one behind it: first with the work of `busy` before
    the first event, which lasts for longer than all launches take, and then in an empty queue, when all that was
    started has been waited for. The difference is what the device waited.

    Args:
        fn: as in `event_times`; it is called once more at the beginning, as a warm-up.
        busy: starts long work in the queue.
        record: as in `event_times`.
        synchronize: as in `event_times`.
        elapsed_ms: as in `event_times`.
        queue: in which both work.
        calls: in a row.

    Raises:
        ValueError: calls is below 1; the message names it.

    >>> at = [5.0, 7.0, 10.0, 14.0]; events = iter(range(4)); nothing = lambda *_: None
    >>> launch_share(nothing, nothing, lambda queue: next(events), nothing, lambda a, b: at[b] - at[a], 0, calls=9)
    0.5
    """
    raise NotImplementedError("Task 5.6: launch_share in assignment/events.py")
