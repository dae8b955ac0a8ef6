"""Task 5.6, public checks: events in the queues of a device, in virtual time."""

from __future__ import annotations

from functools import partial
from statistics import mean

from tests import recorded
from tests.fake_queues import COLD_MS, FLUSH_MS, LAUNCH_MS, WORK_MS, FakeQueues
from tests.harness import Student, expect, expect_close, expect_raises, points
from tests.mistakes import OneOf

WORKS = [0.75, 1.25, 0.5, 1.0]
"""Milliseconds of the measured runs, each with an empty cache."""

EARLY = "events were read before they had happened: synchronize with the last one first"
FLUSHED = "the flush was measured: record the first event behind it"
WARM = "the cache was not emptied before each measured run"
OTHER_QUEUE = "events were recorded in queue 0; the work is in another one"
WAITED = "the flush was waited for, so that the device was idle while the work was launched"
HOST = "no event was recorded: only the device knows when it begins and ends"


@points(0.5, task="5.6")
def test_events_stand_around_each_run(student: Student) -> None:
    """In the queue of the work, behind the flush, and read when they have happened."""
    device = FakeQueues([WORK_MS, WORK_MS, *WORKS], queue=1, earlier=(0.0, 5.0))
    got = student.events.event_times(
        device.fn, device.flush, device.record, device.synchronize, device.elapsed_ms, 1, 2, 4
    )
    if not any(call.startswith("record") for call in device.calls):
        expect(got, WORKS, HOST)
    expect(
        got,
        WORKS,
        "for each run: flush, record(queue), fn, record(queue); wait for the last event, and then read",
        {
            EARLY: lambda: [0.0] * 4,
            FLUSHED: lambda: OneOf(_flushed()),
            "times are in the order of the runs": lambda: sorted(WORKS),
            WARM: lambda: [work / 2 for work in WORKS],
            OTHER_QUEUE: lambda: [LAUNCH_MS] * 4,
            WAITED: lambda: [work + LAUNCH_MS for work in WORKS],
            "the first, slow run was measured; there are two for a warm-up": (
                lambda: [WORK_MS + COLD_MS, WORK_MS, *WORKS[:2]]
            ),
            "one event ended a run and began the next, so that flushes are in between": (
                lambda: [WORKS[0], *(work + FLUSH_MS for work in WORKS[1:])]
            ),
        },
    )
    expect(device.early, 0, EARLY, told="{} events read too early")


def _flushed() -> list[list[float]]:
    """Times with the flush, whose own launch counts where the queue was empty."""
    behind, empty = FLUSH_MS, FLUSH_MS + LAUNCH_MS
    return [[work + (behind if n < busy else empty) for n, work in enumerate(WORKS)] for busy in range(5)]


@points(0.25, task="5.6")
def test_runs_and_flushes_are_counted(student: Student) -> None:
    """There are warmup + repeats calls of fn, and each measured run has a flush right before it."""
    device = FakeQueues([0.25, 0.5, 0.125])
    got = student.events.event_times(
        device.fn, device.flush, device.record, device.synchronize, device.elapsed_ms, 0, 0, 3
    )
    expect(got, [0.25 + COLD_MS, 0.5, 0.125], "without a warm-up, the first run is measured")
    expect(device.calls.count("fn"), 3, "fn is called warmup + repeats times", told="{} calls of fn")
    counts = "warmup is 0 or more, and repeats 1 or more: raise where one is less"
    for warmup, repeats, name in ((-2, 3, "-2"), (1, 0, "0")):
        with expect_raises(ValueError, naming=name, hint=counts):
            student.events.event_times(
                device.fn, device.flush, device.record, device.synchronize, device.elapsed_ms, 0, warmup, repeats
            )


@points(0.15, task="5.6")
def test_a_clock_that_throttles_is_told(student: Student) -> None:
    """The median, and how the last third of the runs compares with the first."""
    heating = [1.0] * 5 + [1.5] * 6
    expect(
        student.events.summary(heating, 0.25),
        (1.5, "slower"),
        "medians of 3 runs each: 1.5 is above 1.25",
        {
            "the mean was returned; return the median": lambda: (mean(heating), "slower"),
            "a slower clock was not told": lambda: (1.5, "steady"),
        },
    )
    one_slow = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 64.0]
    steady = {
        "single runs, or means, were compared; one slow run is no trend": partial(_pair, 1.0, "slower"),
        "the mean was returned; return the median": partial(_pair, 8.0, "steady"),
    }
    expect(student.events.summary(one_slow, 0.25), (1.0, "steady"), "compare medians of thirds", steady)
    cold = "the first third's median is 2, the last one's 1: a warm-up that was too short"
    expect(student.events.summary([2.0, 2.0, 1.0, 1.0, 1.0, 1.0], 0.25), (1.0, "faster"), cold)
    edge = "a change by just the tolerance is none"
    expect(student.events.summary([1.0, 1.0, 1.25], 0.25), (1.0, "steady"), edge)
    with expect_raises(ValueError, naming="2", hint="two runs have no thirds: raise"):
        student.events.summary([1.0, 1.0], 0.25)


def _pair(median: float, trend: str) -> tuple[float, str]:
    return median, trend


@points(0.5, task="5.6")
def test_two_queues_work_at_once(student: Student) -> None:
    """How long both take together, and how long both are at work."""
    together = "from the earliest start to the latest end; both work between the later start and the earlier end"
    device = FakeQueues([4.0, 1.0], earlier=(2.0, 2.0))
    expect(
        _overlap(student, device),
        (4.0, 1.0),
        together,
        {
            EARLY: lambda: (0.0, 0.0),
            "only the second queue was waited for": lambda: (1.0, 0.0),
            "the times of both were added up; they overlap": lambda: (5.0, 1.0),
        },
    )
    expect(device.early, 0, "wait for the ends of both queues before you read", told="{} events read too early")
    behind = FakeQueues([2.0, 3.0], earlier=(8.0, 6.0))
    expect(
        _overlap(student, behind),
        (4.0, 1.0),
        "queue 1 begins and ends first here: " + together,
        {
            "the work of queue 0 was taken to begin first": lambda: (2.0, 1.0),
            "the longer of the two was taken for both": lambda: (3.0, 1.0),
        },
    )
    apart = FakeQueues([1.0, 2.0], earlier=(8.0, 16.0))
    expect(
        _overlap(student, apart),
        (10.0, 0.0),
        "one ends before the other begins, so that nothing overlaps",
        {"a gap is no overlap below 0": lambda: (10.0, -7.0)},
    )


def _overlap(student: Student, device: FakeQueues) -> tuple[float, float]:
    got: tuple[float, float] = student.events.overlap(
        device.first, device.second, device.record, device.synchronize, device.elapsed_ms
    )
    order = "record(0), first, record(0), record(1), second, record(1)"
    expect(
        [call for call in device.calls if call not in ("elapsed", "synchronize")],
        ["record 0", "first", "record 0", "record 1", "second", "record 1"],
        f"the order is {order}",
        {
            "all events were recorded in queue 0": lambda: (
                ["record 0", "first", "record 0", "record 0", "second", "record 0"]
            ),
            "both first events were recorded before any work, so that launching counts": lambda: (
                ["record 0", "record 1", "first", "second", "record 0", "record 1"]
            ),
        },
        "of the calls that were made, {}",
    )
    return got


@points(0.5, task="5.6")
def test_small_work_is_hidden_by_launches(student: Student) -> None:
    """Work of a quarter of a launch: three quarters of the time, and a bit less, the device waits."""
    tiny = LAUNCH_MS / 4
    device = FakeQueues([1.0] + [2 * tiny] * 200, queue=1)
    calls = 16
    busy, launched = calls * tiny, calls * LAUNCH_MS + tiny
    got = student.events.launch_share(
        device.fn, device.busy, device.record, device.synchronize, device.elapsed_ms, 1, calls
    )
    expect_close(
        got,
        1 - busy / launched,
        "1 - (the row behind busy work) / (the row in an empty queue)",
        {
            "both rows were launched behind work: wait before the one in an empty queue": lambda: 0.0,
            "that is the share in which the device works": lambda: busy / launched,
            "the difference was divided by the time without waiting": lambda: launched / busy - 1,
            "the busy work was counted": lambda: 1 - (busy + 4096 * LAUNCH_MS) / launched,
            "the first, slow call was in the row": lambda: 1 - (busy - tiny + 1 + COLD_MS) / launched,
        },
    )
    expect(device.early, 0, EARLY, told="{} events read too early")
    expect(device.calls.count("fn"), 1 + 2 * calls, "one call for a warm-up, and two rows", told="{} calls of fn")
    large = FakeQueues([2.0] * 9)
    got = student.events.launch_share(
        large.fn, large.busy, large.record, large.synchronize, large.elapsed_ms, 0, 4
    )
    first = "only the first launch of the row is waited for; the others are made while the device works"
    expect_close(got, 1 - 4.0 / (4.0 + LAUNCH_MS), first)
    with expect_raises(ValueError, naming="0", hint="a row has 1 call or more: raise"):
        student.events.launch_share(
            device.fn, device.busy, device.record, device.synchronize, device.elapsed_ms, 1, 0
        )


@points(0.1, task="5.6")
def test_recorded_answers_5_6(student: Student) -> None:
    """Small inputs, the shortest first, with the answers that known mistakes give."""
    recorded.compare(student, "5.6")
