"""Tasks 5.1 to 5.3 on real devices. Their points are no part of the assignment's 100.

What a submission did wrong is told by the calls that it made and by the readings that it was given, which are the
same however busy the machine is. What the machine itself shows, such as clocks that disagree, is no mistake.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from itertools import chain as chain_of
from itertools import repeat as again
from math import isclose
from statistics import mean, median

import pytest

from grader.hardware.machines import BANDS, Machine, Work, chain, floor, long_enough, peak, run
from grader.reference.flops import linear_chain_flops
from tests.harness import Student, expect, expect_close, expect_that, limits, points
from tests.mistakes import of_two_passes

pytestmark = pytest.mark.filterwarnings("default")  # torch warns on some devices, which is nobody's mistake

SLOW = (1, 3, 3, 12)
"""How many times the work some runs do: their median is 3, their mean 4.75, and the fastest is 1."""

FORWARD, BACKWARD = (1, 2, 3, 4, 9), (9, 1, 2, 5, 3)
"""The same for the passes of five steps: the step in the middle of one is not in the middle of the other."""

COARSE = (0.0, 1.0, 0.0, 2.0, 0.0)
"""Seconds by a clock that stands still for one at a time."""

COARSE_STEPS = ((0.0, 0.0), (3.0, 0.0), (0.0, 2.0))
"""The same for the passes of steps."""

MANY = (*(600.0 - n / 2 for n in range(1_100)), *(n * 4096.0 for n in range(1, 21)))
"""Seconds of many runs, which get faster, and the last of which are far from the others."""

FAR = (5.0, 2.0**24, 7.0, 2.0**22, 6.0, 2.0**23, 9.0)
"""Seconds of runs some of which take a million times as long as the others."""

ATTEMPTS = 3
"""How often a machine may take back that its clocks disagree: something else may have used it."""

BATCH, WIDTHS = {"cuda": 8192, "cpu": 256}, {"cuda": [8192] * 9, "cpu": [512] * 7}
OWN_READINGS = "each run that is measured has readings of its own, before and after it, and the warm-up has none"
STARTED = "the warm-up's work was still running when the clock was started: synchronize before that, too"
DENSE = "a multiply-add is 2 FLOPs, and the peak is dense: the sparse one, or half of the FLOPs, gives half"
RUNNING = "work was still running when the clock was read: synchronize right before"


class Unfit(RuntimeError):
    """This machine can't be measured now, which says nothing of the submission."""


class Lab:
    """A device of which every call is written down.

    Args:
        script: seconds that its clock says pass from reading to reading; without it, the time that really passes.
    """

    def __init__(self, device: Machine, script: Sequence[float] = ()) -> None:
        self.calls: list[str] = []
        self.readings: list[float] = []
        self.early: list[int] = []
        self._device, self._passed = device, chain_of(script, again(1.0)) if script else None
        device.synchronize()
        device.times.clear()

    def starts(self, name: str, works: Sequence[Work]) -> Callable[[], None]:
        """A function that starts these works one after another from call to call, and then the last again."""
        left = iter(works)

        def start() -> None:
            self.calls.append(name)
            self._device.launch(next(left, works[-1]))

        return start

    def synchronize(self) -> None:
        """Wait for the device."""
        self._device.synchronize()

    def clock(self) -> float:
        """The time. It is a method of ours since calls go by signature."""
        self.calls.append("clock")
        if self._device.pending:
            self.early.append(len(self.readings))
        before = self.readings[-1] if self.readings else 1000.0
        self.readings.append(before + next(self._passed) if self._passed else time.perf_counter())
        return self.readings[-1]

    def none_early(self, advice: str) -> None:
        """Hold that no reading came while work was running."""
        early = f"{len(self.early)} of {len(self.readings)} readings came while work was running"
        expect_that(not self.early, "no work is running when the clock is read", early, advice)

    def pairs(self) -> list[float]:
        """What passed between the first reading and the second, the third and the fourth, and so on."""
        return [after - before for before, after in zip(self.readings[::2], self.readings[1::2], strict=True)]


def times_of(work: Work, times: Sequence[int], warmup: int) -> list[Work]:
    """The work once for each warm-up, and then so many times as one."""
    return [*again(work, warmup), *((lambda n=n: [work() for _ in range(n)]) for n in times)]


def agree(lab_s: Sequence[float], own_s: Sequence[float], device: Machine) -> str:
    """Nothing if the host's clock and the device's own say the same of the same runs; else what they say."""
    band = BANDS[device.name]
    host, own = median(lab_s), median(own_s)
    if abs(host - own) <= band.relative * own + band.absolute_s:
        return ""
    return f"{own * 1000:.2f} ms by the device's own clock, {host * 1000:.2f} ms by the host's"


def patiently(measured: Callable[[], str]) -> None:
    """Call it until it returns nothing.

    Raises:
        Unfit: it never did.
    """
    said = ""
    for _ in range(ATTEMPTS):
        if not (said := measured()):
            return
    raise Unfit(f"{said}, {ATTEMPTS} times in a row: let nothing else use this machine, and run it again")


@points(1, task="5.1")
@limits(wall_s=120)
def test_benchmark_agrees_with_the_device(student: Student, device: Machine) -> None:
    """A timed product takes as long as the device says: usually, in a single run, and when some runs are slow."""
    forward, _, _ = chain(device.name, BATCH[device.name], WIDTHS[device.name])
    work = long_enough(device, forward)

    def measured(warmup: int, times: Sequence[int], lab: Lab) -> str:
        taken = _benchmark(student, lab, work, warmup, times)
        return agree(taken, device.times[warmup:], device)

    for warmup, times in ((10, (1,)), (2, SLOW), (0, (3, 1, 2))):
        patiently(lambda warmup=warmup, times=times: measured(warmup, times, Lab(device)))  # type: ignore[misc]
    for scripted in (
        SLOW,
        COARSE,
        MANY,
        FAR,
    ):  # by a clock of ours, so that what runs take doesn't depend on the machine
        script = [second for run_s in scripted for second in (0.25, run_s)]
        _benchmark(student, Lab(device, script), lambda: None, 1, (1,) * len(scripted))


def _benchmark(student: Student, lab: Lab, work: Work, warmup: int, times: Sequence[int]) -> list[float]:
    """Let the submission time these runs, and judge it; the seconds between the two readings of each."""
    repeats = len(times)
    start = lab.starts("fn", times_of(work, times, warmup))
    got = student.timing.benchmark(start, lab.synchronize, lab.clock, warmup, repeats)
    lab.synchronize()
    ran = lab.calls.count("fn")
    expect_that(ran == warmup + repeats, f"{warmup + repeats} runs: warmup, then repeats", f"{ran} runs")
    lab.none_early(STARTED if lab.early == [0] and warmup else RUNNING)
    expect(lab.calls, ["fn"] * warmup + ["clock", "fn", "clock"] * repeats, OWN_READINGS, None, "the calls {}")
    taken = lab.pairs()
    ranked = sorted(taken)
    expect_close(
        got,
        median(taken),
        "the median of the times between the two readings of each run",
        {
            "return the median, which slow runs don't move as they move a mean": lambda: mean(taken),
            "the fastest run was returned, not the median: slow runs don't move it as they move a mean": (
                lambda: ranked[0]
            ),
            "for an even number of repeats, the median is the mean of the middle two": (
                lambda: ranked[repeats // 2]
            ),
            "a run of 0 s was dropped; a coarse clock reads so, and it counts like others": (
                lambda: median([each for each in taken if each] or [0.0])
            ),
        },
    )
    return taken


@points(1, task="5.2")
@limits(wall_s=120)
def test_steps_agree_with_the_device(student: Student, device: Machine) -> None:
    """Forward and backward, timed apart, take as long as the device says; backward about twice forward."""
    forward, backward, clear = chain(device.name, BATCH[device.name], WIDTHS[device.name])
    more, _, _ = chain(device.name, BATCH[device.name], WIDTHS[device.name])
    run(device, (forward, backward, more), 1)  # the first of each is slow
    low, high = BANDS[device.name].ratio

    def measured(warmup: int, there: Sequence[int], back: Sequence[int]) -> str:
        lab, n = Lab(device), len(there)
        goes = times_of(forward, there, warmup)
        comes: list[Work] = [*again(backward, warmup)]
        comes += [(lambda k=k: [backward(), *(more() for _ in range(2 * (k - 1)))]) for k in back]  # type: ignore[misc]
        host = _steps(student, lab, (goes, comes, [clear]), warmup, n)
        own = [device.times[3 * warmup + k :: 3] for k in (1, 2)]
        said = next(filter(None, (agree(*both, device) for both in zip(host, own, strict=True))), "")
        ratio = median(own[1]) / median(own[0])
        if not said and back is there and not low <= ratio <= high:
            said = f"backward takes {ratio:.2f} times as long as forward, which is not between {low} and {high}"
        return said

    for scripted in (zip(FORWARD, BACKWARD, strict=True), zip(SLOW, SLOW[::-1], strict=True), COARSE_STEPS):
        script = [float(second) for pair in scripted for second in (1, *pair)]
        nothing: list[Work] = [lambda: None]
        _steps(student, Lab(device, script), (nothing, nothing, nothing), 1, len(script) // 3)
    for warmup, there, back in ((10, (1,), (1,)), (2, FORWARD, BACKWARD), (0, SLOW, SLOW[::-1])):
        patiently(lambda w=warmup, t=there, b=back: measured(w, t, b))  # type: ignore[misc]
    alike = (1,) * 5
    patiently(lambda: measured(3, alike, alike))


def _steps(
    student: Student, lab: Lab, works: tuple[list[Work], list[Work], list[Work]], warmup: int, repeats: int
) -> tuple[list[float], list[float]]:
    """Let the submission time these steps, and judge it; the seconds of each pass by the readings."""
    goes, comes, clears = map(lab.starts, ("forward", "backward", "clear"), works)
    got = student.timing.time_training_step(goes, comes, clears, lab.synchronize, lab.clock, warmup, repeats)
    lab.synchronize()
    advice = "clear, synchronize, read; forward, synchronize, read; backward, synchronize, read"
    warm, measured = ["clear", "forward", "backward"], ["clear", "clock", "forward", "clock", "backward", "clock"]
    expect(lab.calls, warm * warmup + measured * repeats, advice, None, "the calls {}")
    lab.none_early(RUNNING)
    readings = lab.readings
    forward_s = [b - a for a, b in zip(readings[::3], readings[1::3], strict=True)]
    backward_s = [b - a for a, b in zip(readings[1::3], readings[2::3], strict=True)]
    exact = median(forward_s), median(backward_s)
    if not (
        isinstance(got, tuple)
        and len(got) == 2
        and all(isinstance(a, float) and isclose(a, b, rel_tol=1e-9) for a, b in zip(got, exact, strict=True))
    ):
        expect(got, exact, "the medians of the times between these readings", of_two_passes(forward_s, backward_s))
    return forward_s, backward_s


@points(1, task="5.3")
@limits(wall_s=120)
def test_utilization_is_possible(student: Student, device: Machine) -> None:
    """The MFU of a step that was really taken is that of its FLOPs, and one that this device can have."""
    most, least = round(peak(device.name)), floor(device.name)
    for seed in range(3):
        drawn = random.Random(seed)
        batch = BATCH[device.name] * drawn.choice((2, 3, 4)) // 2
        widths = [width * drawn.choice((2, 3)) // 2 for width in WIDTHS[device.name][: 4 + seed]]
        exact = sum(linear_chain_flops(batch, widths, x_needs_grad=True))
        counted = sum(student.flops.linear_chain_flops(batch, widths, True))
        expect(counted, exact, "the FLOPs of a step: a multiply-add is 2", None, "FLOPs of all its passes: {}")
        step_s = _step_s(device, batch, widths, exact / most, least)
        for gpus in (1, 3):  # as many alike do as much each
            share = student.utilization.mfu(counted // batch, gpus * batch / step_s, gpus, most)
            expect_close(share, exact / step_s / most, DENSE, _of_one(3 * exact / step_s / most))


def _of_one(share: float) -> dict[str, Callable[[], float]]:
    return {"the peak of one GPU was taken; all of them could work": lambda: share}


def _step_s(device: Machine, batch: int, widths: list[int], fastest_s: float, least: float) -> float:
    """Seconds of a step by the device's own clock, in the usual case.

    Raises:
        Unfit: they are fewer than any such device needs, or far more.
    """
    forward, backward, clear = chain(device.name, batch, widths)
    step_s = 0.0

    def measured() -> str:
        nonlocal step_s
        device.times.clear()
        run(device, (clear, forward, backward), 6)
        step_s = median(sum(device.times[k + 1 : k + 3]) for k in range(3, 18, 3))
        if step_s < fastest_s:
            return f"{step_s * 1e3:.3f} ms for what takes {fastest_s * 1e3:.3f} ms at this device's peak"
        if fastest_s / step_s < least:
            return f"{fastest_s / step_s:.2f} of its peak, where such devices reach {least}"
        return ""

    patiently(measured)
    return step_s
