"""Task 5.6, hidden checks: other devices, whose times only the trusted side knows."""

from __future__ import annotations

from statistics import mean, median

from hypothesis import example, given
from hypothesis import strategies as st

from tests.fake_queues import COLD_MS, WORK_MS, FakeQueues
from tests.harness import Student, expect, expect_close, expect_raises, points

works = st.integers(1, 2**12).map(lambda n: n * 2.0**-9)
gaps = st.integers(0, 2**12).map(lambda n: n * 2.0**-8)
queues = st.integers(0, 1)
launches = st.integers(0, 9).map(lambda n: n * 2.0**-10)

EARLY = "events were read before they had happened: wait for the last one of each queue first"


@points(0.75, task="5.6")
@given(
    later=st.lists(works, max_size=8),
    queue=queues,
    earlier=st.tuples(gaps, gaps),
    launch_ms=launches,
    warmup=st.integers(0, 4),
    repeats=st.integers(1, 6),
)
@example(later=[0.125, 0.25, 2.0, 0.75], queue=1, earlier=(0.0, 12.0), launch_ms=2.0**-9, warmup=1, repeats=3)
@example(later=[0.375, 0.5, 4.0, 0.125], queue=0, earlier=(2.0, 0.0), launch_ms=2.0**-9, warmup=0, repeats=4)
@example(later=[0.25, 1.5, 3.0], queue=1, earlier=(20.0, 0.0), launch_ms=2.0**-8, warmup=2, repeats=1)
def test_runs_of_any_device(
    student: Student,
    later: list[float],
    queue: int,
    earlier: tuple[float, float],
    launch_ms: float,
    warmup: int,
    repeats: int,
) -> None:
    """In either queue, behind any earlier work, with launches that take long or nothing."""
    flush_ms = 2.0**-5
    device = FakeQueues(later, queue, earlier, launch_ms, flush_ms)
    got = student.events.event_times(
        device.fn, device.flush, device.record, device.synchronize, device.elapsed_ms, queue, warmup, repeats
    )
    cold = [*later, *[WORK_MS] * 10]
    first = [] if warmup else [cold[0] + COLD_MS]
    exact = (first + cold[max(warmup, 1) :])[:repeats]
    expect(
        got,
        exact,
        "for each run: flush, record(queue), fn, record(queue); wait for the last event, and then read",
        {
            EARLY: lambda: [0.0] * repeats,
            "the flush was measured: record the first event behind it": lambda: [run + flush_ms for run in exact],
            "the cache was not emptied before each measured run": lambda: _warm(cold, warmup, repeats),
            "events were recorded in another queue than that of the work": (
                lambda: [launch_ms] * repeats if got else None
            ),
            "the flush was waited for, so that the device was idle while the work was launched": (
                lambda: [run + launch_ms for run in exact] if launch_ms else None
            ),
            "times were sorted, or all of them are the median": lambda: sorted(exact),
        },
    )
    expect(device.early, 0, EARLY, told="{} events read too early")
    expect(
        device.calls.count("fn"), warmup + repeats, "fn is called warmup + repeats times", told="{} calls of fn"
    )
    measured = [call for call in device.calls if call not in ("synchronize", "elapsed")][-4 * repeats :]
    order = ["flush", f"record {queue}", "fn", f"record {queue}"] * repeats
    expect(measured, order, "each measured run is flush, event, fn, event", told="of the calls that were made, {}")
    for few, fewer, name in ((-1, 2, "-1"), (-5, 1, "-5"), (0, 0, "0"), (3, -4, "-4")):
        with expect_raises(ValueError, naming=name, hint="warmup is 0 or more, repeats 1 or more; below, raise"):
            student.events.event_times(
                device.fn, device.flush, device.record, device.synchronize, device.elapsed_ms, queue, few, fewer
            )


def _warm(cold: list[float], warmup: int, repeats: int) -> list[float]:
    """The times of runs that find what the run before left in the cache."""
    halved = [cold[0] + COLD_MS, *(run / 2 for run in cold[1:])]
    return halved[warmup : warmup + repeats]


@points(0.25, task="5.6")
@given(
    times=st.lists(works, min_size=3, max_size=40),
    tolerance=st.sampled_from([0.0, 0.0625, 0.125, 0.5, 1.0]),
    factor=st.sampled_from([1.0, 1.0, 1.5, 0.25]),
)
@example(times=[1.0, 3.0, 1.0, 2.0, 2.0, 2.0], tolerance=0.125, factor=1.0)
@example(times=[1.0, 9.0, 1.0, 5.0, 5.0, 1.0, 1.0, 90.0], tolerance=0.0, factor=1.0)
@example(times=[4.0, 4.0, 2.0, 2.0, 2.0, 1.0, 1.0], tolerance=0.5, factor=1.0)
@example(times=[8.0, 8.0, 8.0, 4.0], tolerance=0.5, factor=1.0)
@example(times=[2.0, 2.0, 2.0, 2.25], tolerance=0.125, factor=1.0)
def test_trends_of_any_runs(student: Student, times: list[float], tolerance: float, factor: float) -> None:
    """Thirds are rounded down, and a change by just the tolerance is none."""
    half = len(times) // 2
    drifting = [*times[:half], *(time * factor for time in times[half:])]
    third = len(drifting) // 3
    thirds = median(drifting[:third]), median(drifting[-third:])
    exact = median(drifting), _trend(*thirds, tolerance)
    other = [
        _trend(mean(drifting[:third]), mean(drifting[-third:]), tolerance),
        _trend(drifting[0], drifting[-1], tolerance),
        _trend(median(drifting[:half]), median(drifting[half:]), tolerance),
        _trend(median(drifting[: -(-len(drifting) // 3)]), median(drifting[len(drifting) // -3 :]), tolerance),
        _trend(
            median(drifting[: len(drifting) // 4 or 1]), median(drifting[-(len(drifting) // 4 or 1) :]), tolerance
        ),
    ]
    sentences = (
        "means of thirds were compared; compare medians",
        "the first run was compared with the last; compare medians of thirds",
        "halves were compared; compare the first third with the last one",
        "thirds were rounded up; round down, so that none of them has more runs than another",
        "quarters were compared; compare the first third with the last one",
    )
    expect(
        student.events.summary(drifting, tolerance),
        exact,
        "the median of all; and that of the last third against that of the first, by more than the tolerance",
        {
            "the mean was returned; return the median": lambda: (mean(drifting), exact[1]),
            "a change by just the tolerance is none": lambda: (exact[0], _trend(*thirds, tolerance - 1e-9)),
            **{words: lambda at=at: (exact[0], other[at]) for at, words in enumerate(sentences)},  # type: ignore[misc]
        },
    )
    for few in ([], drifting[:1], drifting[:2]):
        with expect_raises(ValueError, naming=str(len(few)), hint="fewer than 3 runs have no thirds: raise"):
            student.events.summary(few, tolerance)


def _trend(first: float, last: float, tolerance: float) -> str:
    if last > first * (1 + tolerance):
        return "slower"
    return "faster" if last < first * (1 - tolerance) else "steady"


@points(0.5, task="5.6")
@given(both=st.tuples(works, works), earlier=st.tuples(gaps, gaps), launch_ms=launches)
@example(both=(6.0, 0.5), earlier=(1.0, 3.0), launch_ms=2.0**-8)
@example(both=(0.5, 6.0), earlier=(3.0, 1.0), launch_ms=2.0**-8)
@example(both=(1.0, 1.0), earlier=(5.0, 0.5), launch_ms=2.0**-8)
@example(both=(2.0, 3.0), earlier=(4.0, 3.0), launch_ms=2.0**-8)
@example(both=(2.0, 3.0), earlier=(4.0, 9.0), launch_ms=2.0**-8)
@example(both=(1.5, 2.5), earlier=(0.0, 0.0), launch_ms=2.0**-7)
def test_overlaps_of_any_two_works(
    student: Student, both: tuple[float, float], earlier: tuple[float, float], launch_ms: float
) -> None:
    """One within the other, one after the other, and in part at the same time."""
    device = FakeQueues(both, earlier=earlier, launch_ms=launch_ms)
    got = student.events.overlap(device.first, device.second, device.record, device.synchronize, device.elapsed_ms)
    starts = [max(earlier[0], 0.0), max(earlier[1], launch_ms)]
    ends = [max(launch_ms, earlier[0]) + both[0], max(2 * launch_ms, earlier[1]) + both[1]]
    whole, shared = max(ends) - min(starts), min(ends) - max(starts)
    expect(
        got,
        (whole, max(shared, 0.0)),
        "from the earliest start to the latest end; both work between the later start and the earlier end",
        {
            "a gap is no overlap below 0": lambda: (whole, shared),
            "the work of queue 0 was taken to begin first": lambda: (max(ends) - starts[0], max(shared, 0.0)),
            "the work of queue 1 was taken to end last": lambda: (ends[1] - min(starts), max(shared, 0.0)),
            "both first events were recorded before any work, so that launching counts": (
                lambda: (whole, min(ends) - max(starts[0], earlier[1]))
            ),
            "the longer of the two was taken for both": (
                lambda: (max(ends[0] - starts[0], ends[1] - starts[1]), max(shared, 0.0))
            ),
            "the times of both were added up; they overlap": (
                lambda: (ends[0] - starts[0] + ends[1] - starts[1], max(shared, 0.0))
            ),
        },
    )
    expect(device.early, 0, EARLY, told="{} events read too early")


@points(0.5, task="5.6")
@given(
    work=works,
    calls=st.integers(1, 12),
    queue=queues,
    earlier=st.tuples(gaps, gaps),
    launch_ms=st.integers(1, 2**11).map(lambda n: n * 2.0**-10),
)
@example(work=2.0**-9, calls=10, queue=1, earlier=(0.0, 9.0), launch_ms=2.0**-7)
@example(work=2.0**-6, calls=7, queue=0, earlier=(0.0, 9.0), launch_ms=2.0**-9)
@example(work=2.0**-8, calls=1, queue=0, earlier=(3.0, 0.0), launch_ms=2.0**-8)
def test_shares_of_any_row(
    student: Student, work: float, calls: int, queue: int, earlier: tuple[float, float], launch_ms: float
) -> None:
    """Work that is shorter than a launch, as long, and longer."""
    device = FakeQueues([1.0, *[2 * work] * 40], queue, earlier, launch_ms)
    got = student.events.launch_share(
        device.fn, device.busy, device.record, device.synchronize, device.elapsed_ms, queue, calls
    )
    full = calls * work
    empty = launch_ms + (calls - 1) * max(launch_ms, work) + work
    expect_close(
        got,
        1 - full / empty,
        "1 - (the row behind busy work) / (the row in an empty queue)",
        {
            "both rows were launched behind work: wait before the one in an empty queue": lambda: 0.0,
            "that is the share in which the device works": lambda: full / empty,
            "the difference was divided by the time without waiting": lambda: empty / full - 1,
            "the busy work was counted": lambda: 1 - (full + 4096 * launch_ms) / empty,
            "one launch was left out: the device waits for the first one, too": (
                lambda: 1 - full / (empty - launch_ms)
            ),
        },
    )
    expect(device.early, 0, EARLY, told="{} events read too early")
    expect(device.calls.count("fn"), 1 + 2 * calls, "a warm-up and two rows", told="{} calls of fn")
    expect(device.calls.count("busy"), 1, "one of the rows follows busy work", told="{} calls of busy")
    for few in (0, -1, -7):
        with expect_raises(ValueError, naming=str(few), hint="a row has 1 call or more: raise"):
            student.events.launch_share(
                device.fn, device.busy, device.record, device.synchronize, device.elapsed_ms, queue, few
            )
