"""Tasks 5.1 and 5.2, public checks: timing asynchronous work, on a device of virtual time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from statistics import mean, median

from tests.fake_device import BACKWARD_S, CLEAR_S, COLD_S, LAUNCH_S, WORK_S, FakeDevice, FakeModel
from tests.harness import Student, expect, expect_close, expect_raises, expect_that, points
from tests.mistakes import OneOf, of_two_passes

TRUE_S = LAUNCH_S + WORK_S
NOT_WAITED = "the work was not waited for: call synchronize() before the clock is read again"
RUNNING = "the warm-up's work was still running when the clock was started: synchronize before that, too"
COLD = "the first, slow run was measured; run fn warmup times first, and measure only later runs"
CLEARED = "clearing the gradients was timed with the forward pass"
FORWARD = "the forward pass was not waited for"
ZEROS = "a pass of 0 s was dropped; a coarse clock reads so, and it counts like others"
ADD_UP = "the gradients were never cleared, so that they add up"
FEW, LONG = [2.0**-9, 2.0**-3, 2.0**-8, 2.0**-7], [4.0, 8.0, 2.0, 32.0, 16.0]
MANY = [n * 2.0**-11 for n in range(1100, 0, -1)]
FAR = [n * 2.0**-12 for n in (5, 2.0**24, 7, 2.0**22, 6, 2.0**23, 9)]
SLOW = [n * 2.0**-12 for n in (9, 8, 10, 9, 8, 9, 10, 512, 256, 1024, 11)]
"""Runs of which three were far slower than the others; those of FAR, a million times and more."""


@points(0.5, task="5.1")
def test_asynchronous_work_is_waited_for(student: Student) -> None:
    """The time of a run is that of starting the work and of the work."""
    device = FakeDevice()
    got = student.timing.benchmark(device.launch, device.synchronize, device.clock, 2, 5)
    expect_close(
        got,
        TRUE_S,
        "call synchronize() right before each reading of the clock",
        {
            NOT_WAITED: lambda: LAUNCH_S,
            "several runs were measured as one; measure each by itself": lambda: 5 * LAUNCH_S + 5 * WORK_S,
        },
    )
    expect(
        device.calls.count("fn"),
        7,
        "fn is called warmup times, and then repeats times",
        {"fn was called repeats times only; call it warmup times before that": lambda: 5},
        "{} calls of fn",
    )


@points(0.5, task="5.1")
def test_each_run_has_two_readings(student: Student) -> None:
    """The clock is read before and after each run that is measured, and not while warming up."""
    device = FakeDevice()
    student.timing.benchmark(device.launch, device.synchronize, device.clock, 3, 4)
    expect(
        device.calls.count("clock"),
        8,
        "read the clock before and after each run that is measured, and nowhere else",
        {
            "one reading ended a run and began the next; each run has two of its own": lambda: 5,
            "the clock was read during the warm-up, too": lambda: 14,
        },
        "{} readings of the clock",
    )


@points(0.5, task="5.1")
def test_the_median_of_all_runs(student: Student) -> None:
    """Slow runs count like others, and all of them are measured."""
    for later in (FEW, LONG, MANY, SLOW, FAR):
        device = FakeDevice(later)
        times = [LAUNCH_S + work for work in later]
        got = student.timing.benchmark(device.launch, device.synchronize, device.clock, 1, len(times))
        runs = device.calls.count("fn")
        hint = f"return the median of the times of the measured runs: {times[:12]}"
        expect_close(got, median(times), hint, _of_some(times, later, runs))
        ended = {_ended(runs, len(times)): partial(OneOf, range(1 + len(times)))}
        hint = "fn is called once in the warm-up, and once for each of the repeats"
        expect(runs, 1 + len(times), hint, ended, "{} calls of fn")
    coarse = FakeDevice([0.0, 0.0, 2.0**-3], launch_s=0.0)
    got = student.timing.benchmark(coarse.launch, coarse.synchronize, coarse.clock, 1, 3)
    dropped = {"a run of 0 s was dropped; a coarse clock reads so, and it counts like others": lambda: 2.0**-3}
    expect_close(got, 0.0, "the median of 0, 0 and 0.125", dropped)


def _ended(runs: int, repeats: int) -> str:
    return f"measuring ended before all repeats were done: fn was called {runs} times, not 1 + {repeats}"


def _of_some(times: list[float], works: list[float], runs: int) -> dict[str, Callable[[], object]]:
    """What mistakes make of some times, behind so many calls of fn."""
    ranked, n = sorted(times), len(times)
    whole = runs == 1 + n
    return {
        NOT_WAITED: lambda: LAUNCH_S,
        RUNNING: lambda: median([COLD_S + works[0], *times[1:]]),
        COLD: lambda: median([LAUNCH_S + COLD_S, *times[:-1]]) if runs == n else None,
        "the mean was returned, which one slow run spoils; return the median": lambda: mean(times),
        "for an even number of repeats, the median is the mean of the middle two": (
            lambda: OneOf([ranked[n // 2], ranked[n // 2 - 1]] if n % 2 == 0 else [])
        ),
        _ended(runs, n): lambda: OneOf([] if whole else [median(times[:few]) for few in range(1, n)]),
        "slow or fast runs were dropped; fn was called often enough, and the median is that of all runs": (
            lambda: OneOf([median(ranked[:few]) for few in range(2, n) if n > 4] if whole else [])
        ),
    }


@points(0.5, task="5.1")
def test_warm_up_does_not_count(student: Student) -> None:
    """The first run is slow, and is not measured."""
    device = FakeDevice()
    got = student.timing.benchmark(device.launch, device.synchronize, device.clock, 1, 1)
    expect_close(
        got,
        TRUE_S,
        "run fn warmup times first, and synchronize right before each reading of the clock",
        {
            COLD: lambda: LAUNCH_S + COLD_S,
            RUNNING: lambda: COLD_S + WORK_S,
            NOT_WAITED: lambda: LAUNCH_S,
        },
    )
    cold = FakeDevice()
    expect(
        student.timing.benchmark(cold.launch, cold.synchronize, cold.clock, 0, 1),
        LAUNCH_S + COLD_S,
        "with no warm-up, the first run is measured",
        {"a run was taken for a warm-up though none was asked for": lambda: TRUE_S},
    )
    readings = device.unsynchronized_readings
    expect_that(
        readings == 0,
        "synchronize() is called right before each reading of the clock",
        f"{readings} readings without it",
        "before the first reading, earlier work may still be running; before the second, the work of this run is",
    )
    counts = "warmup is 0 or more, and repeats 1 or more: raise where one is less"
    for arguments, name in (((-1, 3), "-1"), ((0, 0), "0")):
        with expect_raises(ValueError, naming=name, hint=counts):
            student.timing.benchmark(device.launch, device.synchronize, device.clock, *arguments)


@points(0.5, task="5.2")
def test_forward_and_backward_are_timed_apart(student: Student) -> None:
    """The backward pass is not in the forward pass's time, and clearing gradients is in neither."""
    model = FakeModel()
    got = student.timing.time_training_step(
        model.forward, model.backward, model.zero_grad, model.synchronize, model.clock, 1, 3
    )
    forward_s, backward_s = LAUNCH_S + WORK_S, LAUNCH_S + BACKWARD_S
    expect_close(
        got,
        (forward_s, backward_s),
        "clear, synchronize, read; forward, synchronize, read; backward, synchronize, read",
        {
            CLEARED: lambda: (forward_s + CLEAR_S, backward_s),
            FORWARD: lambda: (LAUNCH_S, WORK_S + BACKWARD_S),
            ADD_UP: lambda: (forward_s, LAUNCH_S + 3 * BACKWARD_S),
        },
    )
    with expect_raises(ValueError, naming="0", hint="repeats is 1 or more: raise where it is less"):
        student.timing.time_training_step(
            model.forward, model.backward, model.zero_grad, model.synchronize, model.clock, 1, 0
        )


@points(0.5, task="5.2")
def test_each_pass_has_its_own_median(student: Student) -> None:
    """Four steps whose forward and backward passes are slow in turn; the warm-up clears gradients, too."""
    there, back = [n * 2.0**-9 for n in (3, 10, 5, 4)], [n * 2.0**-9 for n in (7, 1, 2, 9)]
    model = FakeModel(there, [BACKWARD_S, *back])
    got = student.timing.time_training_step(
        model.forward, model.backward, model.zero_grad, model.synchronize, model.clock, 1, 4
    )
    forward, backward = ([LAUNCH_S + work for work in works] for works in (there, back))
    expect_close(
        got,
        (median(forward), median(backward)),
        f"return the median of {forward} and that of {backward}",
        of_two_passes(forward, backward)
        | {
            ADD_UP: lambda: (median(forward), median(LAUNCH_S + n * work for n, work in enumerate(back, 2))),
            CLEARED: lambda: (median(forward) + CLEAR_S, median(backward)),
            FORWARD: lambda: (LAUNCH_S, median(ahead + work for ahead, work in zip(there, back, strict=True))),
        },
    )
    measured = ["zero_grad", "forward", "backward"] * 4
    expect(
        [call for call in model.calls if call in ("forward", "backward", "zero_grad")],
        ["zero_grad", "forward", "backward", *measured],
        "each step, a warm-up too, clears, goes forward, goes backward",
        {
            "gradients were not cleared in a warm-up step; they are in each step": (
                lambda: ["forward", "backward", *measured]
            )
        },
        "of the calls that were made, {}",
    )
    coarse = FakeModel([0.0, 2.0**-3, 0.0], [0.0, 2.0**-4, 0.0, 0.0], launch_s=0.0)
    got = student.timing.time_training_step(
        coarse.forward, coarse.backward, coarse.zero_grad, coarse.synchronize, coarse.clock, 1, 3
    )
    dropped = {ZEROS: lambda: OneOf([(2.0**-3, 2.0**-4), (2.0**-3, 0.0), (0.0, 2.0**-4)])}
    expect_close(got, (0.0, 0.0), "the medians of 0, 0.125, 0 and of 0.0625, 0, 0", dropped)
