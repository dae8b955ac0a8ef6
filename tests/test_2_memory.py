"""Task 2.4, public checks: memory of training."""

from __future__ import annotations

from tests.harness import Student, expect, expect_raises, points


@points(1, task="2.4")
def test_adamw_with_mixed_precision_takes_16_bytes(student: Student) -> None:
    """Parameters, gradients, fp32 copy and two states: 2 + 2 + 4 + 8 bytes."""
    expect(
        student.memory.training_bytes(1000, "mixed", "adamw"),
        {"parameters": 2000, "gradients": 2000, "master": 4000, "optimizer": 8000},
        "AdamW keeps two numbers for each parameter, here in fp32",
        {
            "the fp32 copy was left out": lambda: {
                "parameters": 2000,
                "gradients": 2000,
                "master": 0,
                "optimizer": 8000,
            },
            "the optimizer's states were taken for bf16; in this recipe they are fp32": lambda: {
                "parameters": 2000,
                "gradients": 2000,
                "master": 4000,
                "optimizer": 4000,
            },
        },
    )
    for arguments, naming in (((1, "fp7", "sgd"), "fp7"), ((1, "fp32", "magic"), "magic")):
        with expect_raises((ValueError, KeyError), naming=naming):
            student.memory.training_bytes(*arguments)


@points(1, task="2.4")
def test_the_largest_model_on_eight_gpus(student: Student) -> None:
    """8 GPUs of 80 GB hold 40.0e9 parameters at 16 bytes, and 53.3e9 at 12."""
    expect(
        student.memory.largest_model(8, 80, "mixed", "adamw"),
        40_000_000_000,
        "640 GB divided by 16 bytes",
        {"a GB was taken for a GiB; 1 GB is 10**9 bytes": lambda: 8 * 80 * 2**30 // 16},
    )
    expect(student.memory.largest_model(8, 80, "mixed_no_master", "adamw"), 53_333_333_333, "2 + 2 + 8 bytes")
