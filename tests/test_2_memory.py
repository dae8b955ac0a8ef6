"""Tasks 2.1 and 2.4, public checks: bytes of numbers, memory of training."""

from __future__ import annotations

from tests.harness import Student, expect, expect_raises, points


@points(0.5, task="2.1")
def test_bits_of_common_dtypes(student: Student) -> None:
    """Floats of 32, 16 and 8 bits, a bool's byte, both parts of a complex number."""
    named = {"float32": 32, "bfloat16": 16, "float8_e4m3fn": 8, "int64": 64, "int4": 4, "bool": 8, "complex64": 64}
    for dtype, bits in named.items():
        expect(
            student.memory.dtype_bits(dtype),
            bits,
            "see the handout's table",
            {
                "a bool takes a whole byte": lambda: 1,
                "the name of a complex dtype gives the bits of both parts together": lambda: 128,
            },
        )
    with expect_raises((ValueError, KeyError), naming="float7"):
        student.memory.dtype_bits("float7")


@points(0.5, task="2.1")
def test_bytes_of_common_tensors(student: Student) -> None:
    """Sizes times bits, packed: five numbers of 4 bits take 3 bytes."""
    expect(student.memory.tensor_bytes([4, 3], "float16"), 24, "12 numbers of 2 bytes")
    expect(
        student.memory.tensor_bytes([5], "int4"),
        3,
        "20 bits fill two bytes and a half",
        {
            "each number was given bytes of its own; numbers of less than a byte are packed": lambda: 5,
            "it was rounded down; the last byte counts, too": lambda: 2,
        },
    )


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


@points(0.5, task="2.4")
def test_each_layers_input_is_kept(student: Student) -> None:
    """Layers of 3 by 4 and 4 by 5 keep x and h1 for a batch of 2: 2 · (3 + 4) numbers."""
    expect(
        student.memory.activation_bytes(2, [3, 4, 5], "fp32"),
        56,
        "the gradient of a layer's weight needs the layer's input",
        {
            "the last output was counted; no gradient of these layers needs it": lambda: 2 * (3 + 4 + 5) * 4,
            "x was left out; the first weight's gradient needs it": lambda: 2 * 4 * 4,
        },
    )
    expect(student.memory.activation_bytes(2, [3, 4, 5], "mixed"), 28, "activations are in bf16, 2 bytes")
    with expect_raises(ValueError, naming="[3]"):
        student.memory.activation_bytes(2, [3], "fp32")


@points(0.5, task="2.4")
def test_the_largest_model_on_eight_gpus(student: Student) -> None:
    """8 GPUs of 80 GB hold 40.0e9 parameters at 16 bytes, and 53.3e9 at 12."""
    expect(
        student.memory.largest_model(8, 80, "mixed", "adamw"),
        40_000_000_000,
        "640 GB divided by 16 bytes",
        {"a GB was taken for a GiB; 1 GB is 10**9 bytes": lambda: 8 * 80 * 2**30 // 16},
    )
    expect(student.memory.largest_model(8, 80, "mixed_no_master", "adamw"), 53_333_333_333, "2 + 2 + 8 bytes")
