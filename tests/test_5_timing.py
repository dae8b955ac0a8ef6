"""Tasks 5.1 and 5.2, public checks: timing asynchronous work, on a device of virtual time."""

from __future__ import annotations

from tests.fake_device import BACKWARD_S, CLEAR_S, COLD_S, LAUNCH_S, WORK_S, FakeDevice, FakeModel
from tests.harness import Student, expect, expect_raises, expect_that, points

TRUE_S = LAUNCH_S + WORK_S


@points(1, task="5.1")
def test_asynchronous_work_is_waited_for(student: Student) -> None:
    """The time of a run is that of starting the work and of the work."""
    device = FakeDevice()
    got = student.timing.benchmark(device.launch, device.synchronize, device.clock, 2, 5)
    expect(
        got,
        TRUE_S,
        "call synchronize() right before each reading of the clock",
        {
            "the work was not waited for: call synchronize() before the clock is read again": lambda: LAUNCH_S,
            "several runs were measured as one; measure each by itself": lambda: 5 * LAUNCH_S + 5 * WORK_S,
        },
    )
    expect(device.calls.count("fn"), 7, "warmup runs, then repeats runs")


@points(1, task="5.1")
def test_warm_up_does_not_count(student: Student) -> None:
    """The first run is slow, and is not measured."""
    device = FakeDevice()
    got = student.timing.benchmark(device.launch, device.synchronize, device.clock, 1, 1)
    expect(
        got,
        TRUE_S,
        "run fn warmup times first",
        {
            "the warm-up was counted": lambda: LAUNCH_S + COLD_S,
            "the warm-up's work was still running when the clock was started: synchronize before that, too": (
                lambda: COLD_S + WORK_S
            ),
        },
    )
    readings = device.unsynchronized_readings
    expect_that(readings == 0, "synchronize() right before each reading of the clock", f"{readings} without")
    for arguments, name in (((-1, 3), "-1"), ((0, 0), "0")):
        with expect_raises(ValueError, naming=name):
            student.timing.benchmark(device.launch, device.synchronize, device.clock, *arguments)


@points(1, task="5.2")
def test_forward_and_backward_are_timed_apart(student: Student) -> None:
    """The backward pass is not in the forward pass's time, and clearing gradients is in neither."""
    model = FakeModel()
    got = student.timing.time_training_step(
        model.forward, model.backward, model.zero_grad, model.synchronize, model.clock, 1, 3
    )
    forward_s, backward_s = LAUNCH_S + WORK_S, LAUNCH_S + BACKWARD_S
    expect(
        got,
        (forward_s, backward_s),
        "clear, synchronize, read; forward, synchronize, read; backward, synchronize, read",
        {
            "clearing the gradients was timed with the forward pass": (lambda: (forward_s + CLEAR_S, backward_s)),
            "the forward pass was not waited for": lambda: (LAUNCH_S, WORK_S + BACKWARD_S),
            "the gradients were never cleared, so that they add up": lambda: (
                forward_s,
                LAUNCH_S + 3 * BACKWARD_S,
            ),
        },
    )
    with expect_raises(ValueError, naming="0"):
        student.timing.time_training_step(
            model.forward, model.backward, model.zero_grad, model.synchronize, model.clock, 1, 0
        )
