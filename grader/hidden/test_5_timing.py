"""Tasks 5.1 and 5.2, hidden checks: other devices, in virtual time that only the trusted side knows."""

from __future__ import annotations

from statistics import mean, median

from hypothesis import example, given
from hypothesis import strategies as st

from tests.fake_device import BACKWARD_S, COLD_S, LAUNCH_S, WORK_S, FakeDevice, FakeModel
from tests.harness import Student, expect, expect_close, expect_raises, points
from tests.mistakes import OneOf, of_two_passes

works = st.integers(1, 2**16).map(lambda n: n * 2.0**-20)
WRONG_COUNTS = ((-1, 3, "-1"), (-2, 1, "-2"), (0, 0, "0"), (2, -3, "-3"))
"""Values of warmup and repeats one of which is too low, and that one."""


@points(1, task="5.1")
@given(later=st.lists(works, min_size=1, max_size=9), repeats=st.integers(1, 9))
@example(later=[n * 2.0**-12 for n in (7, 6, 9, 8, 12, 5, 11, 700, 300, 1000, 10, 2000)], repeats=12)
@example(later=[2.0, 4.0, 8.0, 16.0, 32.0], repeats=5)
@example(later=[n * 2.0**-12 for n in range(1300, 0, -1)], repeats=1300)
@example(later=[n * 2.0**-14 for n in (3, 2.0**25, 2, 2.0**23, 4, 2.0**24, 5, 6, 2.0**26)], repeats=9)
def test_the_median_of_single_runs(student: Student, later: list[float], repeats: int) -> None:
    """Runs of different lengths: each is measured by itself, and the median returned."""
    device = FakeDevice(later)
    got = student.timing.benchmark(device.launch, device.synchronize, device.clock, 1, repeats)
    times = [LAUNCH_S + work for work in [*later, *[WORK_S] * 9][:repeats]]
    ranked, middle, whole = sorted(times), repeats // 2, device.calls.count("fn") == 1 + repeats
    expect_close(
        got,
        median(times),
        f"the runs took {times[:12]}",
        {
            "the mean was returned, which one slow run spoils; return the median": lambda: mean(times),
            "the fastest run was returned; return the median": lambda: min(times),
            "the work was not waited for": lambda: LAUNCH_S,
            "for an even number of repeats, the median is the mean of the middle two": (
                lambda: OneOf([ranked[middle], ranked[middle - 1]] if repeats % 2 == 0 else [])
            ),
            "measuring ended before all repeats were done": (
                lambda: OneOf(median(times[:n]) for n in range(1, repeats) if repeats > 4 and not whole)
            ),
            "slow or fast runs were dropped; the median is that of all": (
                lambda: OneOf(median(ranked[:n]) for n in range(2, repeats) if repeats > 4 and whole)
            ),
        },
    )
    expect(
        device.calls.count("fn"),
        1 + repeats,
        "each of the repeats is measured, however many there are and however long they take",
        {"measuring ended before all repeats were done": lambda: OneOf(range(1 + repeats))},
        "{} calls of fn",
    )
    coarse = FakeDevice([0.0, 2.0**-4, 0.0, 2.0**-5, 0.0], launch_s=0.0)
    got = student.timing.benchmark(coarse.launch, coarse.synchronize, coarse.clock, 1, 5)
    dropped = {"a run of 0 s was dropped; a coarse clock reads so, and it counts like others": lambda: 3 * 2.0**-6}
    expect_close(got, 0.0, "three of the five took no time that the clock can tell", dropped)


@points(1, task="5.1")
@given(warmup=st.integers(0, 4), repeats=st.integers(1, 4))
def test_runs_are_counted(student: Student, warmup: int, repeats: int) -> None:
    """Exactly warmup + repeats runs, two readings for each that counts, and none unsynchronized."""
    device = FakeDevice()
    got = student.timing.benchmark(device.launch, device.synchronize, device.clock, warmup, repeats)
    first = [] if warmup else [LAUNCH_S + COLD_S]
    expect_close(
        got,
        median((first + [LAUNCH_S + WORK_S] * repeats)[:repeats]),
        f"warmup={warmup}, repeats={repeats}",
        {
            "a run was taken for a warm-up though none was asked for": lambda: LAUNCH_S + WORK_S,
            "for an even number of repeats, the median is the mean of the middle two": lambda: LAUNCH_S + COLD_S,
        },
    )
    expect(device.calls.count("fn"), warmup + repeats, "run fn warmup + repeats times", None, "{} calls of fn")
    without = "{} readings of the clock without synchronize() right before"
    expect(device.unsynchronized_readings, 0, "call synchronize() right before each reading", None, without)
    expect(
        device.calls.count("clock"),
        2 * repeats,
        "read the clock before and after each run that is measured, and nowhere else",
        {
            "one reading ended a run and began the next; each run has two of its own": lambda: repeats + 1,
            "the clock was read during the warm-up, too": lambda: 2 * (warmup + repeats),
        },
        "{} readings of the clock",
    )
    for few, fewer, name in WRONG_COUNTS:
        with expect_raises(ValueError, naming=name, hint="warmup is 0 or more, repeats 1 or more; below, raise"):
            student.timing.benchmark(device.launch, device.synchronize, device.clock, few, fewer)


@points(1, task="5.2")
@given(
    later=st.lists(works, max_size=6),
    backwards=st.lists(works, max_size=8),
    warmup=st.integers(0, 3),
    repeats=st.integers(1, 5),
)
@example(later=[], backwards=[], warmup=1, repeats=130)
@example(later=[n * 2.0**-12 for n in range(260, 0, -1)], backwards=[], warmup=0, repeats=260)
@example(later=[1.0, 2.0**-9, 2.0**13], backwards=[2.0**-8, 2.0**14, 1.0, 2.0**-8], warmup=1, repeats=3)
@example(later=[2.0, 4.0, 8.0, 16.0], backwards=[1.0, 64.0, 32.0, 16.0], warmup=1, repeats=3)
def test_training_steps_of_any_length(
    student: Student, later: list[float], backwards: list[float], warmup: int, repeats: int
) -> None:
    """Medians over whole steps, each of which clears, goes forward and goes backward once."""
    model = FakeModel(later, backwards)
    got = student.timing.time_training_step(
        model.forward, model.backward, model.zero_grad, model.synchronize, model.clock, warmup, repeats
    )
    steps = warmup + repeats
    forward = [LAUNCH_S + work for work in [COLD_S, *later, *[WORK_S] * steps][warmup:steps]]
    backward = [LAUNCH_S + work for work in [*backwards, *[BACKWARD_S] * steps][warmup:steps]]
    expect_close(
        got,
        (median(forward), median(backward)),
        f"the forward passes took {forward[:12]}, the backward passes {backward[:12]}",
        of_two_passes(forward, backward),
    )
    measured = ["zero_grad", "forward", "backward"] * repeats
    expect(
        [call for call in model.calls if call in ("forward", "backward", "zero_grad")],
        ["zero_grad", "forward", "backward"] * warmup + measured,
        "each step, a warm-up too, does all three: clears, goes forward, goes backward",
        {
            "gradients were not cleared in a warm-up step; they are in each step": (
                lambda: ["forward", "backward"] * warmup + measured
            ),
            "gradients were cleared after a step; clear them before each": (
                lambda: ["forward", "backward", "zero_grad"] * (warmup + repeats)
            ),
        },
        "of the calls that were made, {}",
    )
    without = "{} readings of the clock without synchronize() right before"
    expect(model.unsynchronized_readings, 0, "call synchronize() right before each reading", None, without)
    expect(
        model.calls.count("clock"),
        3 * repeats,
        "read the clock three times for each step that is measured, and nowhere else",
        {"the clock was read during the warm-up, too": lambda: 3 * (warmup + repeats)},
        "{} readings of the clock",
    )
    coarse = FakeModel([2.0**-5, 0.0, 0.0, 0.0], [0.0, 0.0, 2.0**-6, 0.0, 2.0**-7], launch_s=0.0)
    got = student.timing.time_training_step(
        coarse.forward, coarse.backward, coarse.zero_grad, coarse.synchronize, coarse.clock, 0, 5
    )
    there, back = 3 * 2.0**-6, 3 * 2.0**-8
    dropped = {
        "a pass of 0 s was dropped; a coarse clock reads so, and it counts like others": (
            lambda: OneOf([(there, back), (there, 0.0), (0.0, back)])
        )
    }
    expect_close(got, (0.0, 0.0), "three of five passes took no time that the clock can tell, each way", dropped)
    functions = model.forward, model.backward, model.zero_grad, model.synchronize, model.clock
    for few, fewer, name in WRONG_COUNTS:
        with expect_raises(ValueError, naming=name, hint="warmup is 0 or more, repeats 1 or more; below, raise"):
            student.timing.time_training_step(*functions, few, fewer)
