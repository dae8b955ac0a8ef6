"""Tasks 2.1 and 2.4, public checks: bytes of numbers, memory of training."""

from __future__ import annotations

from tests import recorded
from tests.harness import Student, expect, expect_raises, points
from tests.harness.student import Mistakes
from tests.mistakes import inexact

PACKED = "the first number in such a name is that of the bits"
BITS: dict[str, Mistakes] = {
    "bool": {"a bool takes a whole byte": lambda: 1},
    "quint2x4": {PACKED: lambda: 4},
    "bits4x2": {PACKED: lambda: 2},
    "complex64": {"the name of a complex dtype gives the bits of both parts together": lambda: 128},
}
"""What known mistakes make of a dtype."""


@points(0.25, task="2.1")
def test_bits_of_common_dtypes(student: Student) -> None:
    """Floats of 32, 16 and 8 bits, a bool's byte, both parts of a complex number."""
    named = {"float32": 32, "bfloat16": 16, "float8_e4m3fn": 8, "int64": 64, "int4": 4, "bool": 8, "complex64": 64}
    named |= {"quint2x4": 2, "bits4x2": 4}
    for dtype, bits in named.items():
        expect(student.memory.dtype_bits(dtype), bits, "see the handout's table", BITS.get(dtype))
    for name, hint in (
        ("float7", "it is not in the table"),
        ("half", "torch has other words for some dtypes; the table has one name for each"),
        ("int16x2", "its name only begins or ends as one of the table's; compare names as a whole"),
        ("int9", "the number in a name does not make it a dtype; the table's names are the only ones"),
        ("float16\n", "a name with a line end behind it is not in the table"),
    ):
        with expect_raises((ValueError, KeyError), naming=name.strip(), hint=hint):
            student.memory.dtype_bits(name)


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
    expect(
        student.memory.tensor_bytes([3, 7], "int4"),
        11,
        "84 bits fill ten bytes and a half",
        {
            "each row was rounded up to whole bytes; only the last byte of all is filled in part": lambda: 12,
            "it was rounded down; the last byte counts, too": lambda: 10,
        },
    )
    expect(student.memory.tensor_bytes([], "float32"), 4, "one number", {"no sizes mean one number": lambda: 0})
    expect(
        student.memory.tensor_bytes([2**40, 0], "int8"),
        0,
        "a size of 0 means no numbers",
        {"a size of 0 means no numbers": lambda: 2**40},
    )
    expect(
        student.memory.tensor_bytes([10**12, 10**12], "float32"),
        4 * 10**24,
        "exactly, however large",
        inexact(4 * 10**24),
    )


@points(0.25, task="2.4")
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
            "gradients are in 2 bytes in every recipe but fp32": lambda: {
                "parameters": 2000,
                "gradients": 4000,
                "master": 4000,
                "optimizer": 8000,
            },
        },
    )
    zero = {"parameters": 20, "gradients": 20, "master": 0, "optimizer": 0}
    expect(
        student.memory.training_bytes(10, "bf16", "sgd"),
        zero,
        "see the handout's table",
        {
            "the number of states is the optimizer's: SGD 0, AdaGrad 1, AdamW 2": lambda: zero | {"optimizer": 40},
            "SGD has no momentum here, and keeps no state": lambda: zero | {"optimizer": 20},
        },
    )
    large = {name: size * (10**20 + 1) for name, size in zip(zero, (4, 4, 0, 4), strict=True)}
    expect(
        student.memory.training_bytes(10**20 + 1, "fp32", "adagrad"),
        large,
        "exactly, however many parameters there are",
        inexact(large),
    )
    for arguments, naming in (((1, "fp7", "sgd"), "fp7"), ((1, "fp32", "magic"), "magic")):
        with expect_raises((ValueError, KeyError), naming=naming, hint="only the handout's names are names"):
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
    with expect_raises(ValueError, naming="[3]", hint="a layer lies between two widths; here is none"):
        student.memory.activation_bytes(2, [3], "fp32")
    with expect_raises((ValueError, KeyError), naming="FP32", hint="there are four recipes, by these names only"):
        student.memory.activation_bytes(2, [3, 4], "FP32")
    expect(
        student.memory.activation_bytes(10**21, [100, 5], "bf16"),
        2 * 10**23,
        "exactly, however large",
        inexact(2 * 10**23),
    )


@points(0.5, task="2.4")
def test_the_largest_model_on_eight_gpus(student: Student) -> None:
    """8 GPUs of 80 GB hold 40.0e9 parameters at 16 bytes, and 53.3e9 at 12."""
    expect(
        student.memory.largest_model(8, 80, "mixed", "adamw"),
        40_000_000_000,
        "640 GB divided by 16 bytes",
        {"a GB was taken for a GiB; 1 GB is 10**9 bytes": lambda: 8 * 80 * 2**30 // 16},
    )
    expect(
        student.memory.largest_model(8, 80, "mixed_no_master", "adamw"),
        53_333_333_333,
        "2 + 2 + 8 bytes",
        {
            "it was rounded down on each GPU; the parameters are spread over all of them together": lambda: (
                53_333_333_328
            ),
            "it was rounded up; that one does not fit": lambda: 53_333_333_334,
        },
    )
    expect(
        student.memory.largest_model(7, 10**15, "mixed_no_master", "adagrad"),
        875 * 10**21,
        "7 * 10**24 bytes, divided by 8",
        inexact(875 * 10**21),
    )
    for recipe, optimizer, naming in (("bf32", "sgd", "bf32"), ("mixed", "SGD", "SGD")):
        with expect_raises((ValueError, KeyError), naming=naming, hint="only the handout's names are names"):
            student.memory.largest_model(8, 80, recipe, optimizer)


@points(0.5, task="2.4")
def test_the_largest_batch_in_a_memory(student: Student) -> None:
    """Layers of 20,000 by 20,000 and by 500 in 24 GB, with mixed precision and AdamW."""
    widths = [20_000, 20_000, 500]
    expect(
        student.memory.largest_batch(24, widths, "mixed", "adamw"),
        218_000,
        "count what is kept for all weights, and what one row of the batch keeps",
        {
            "the memory was given to activations alone; weights, gradients and states are in it, too": (
                lambda: 300_000
            ),
            "gradients, copy and states were left out; they take more than the weights": lambda: 289_750,
            "the last output was counted; no gradient of these layers needs it": lambda: 215_308,
            "a GB was taken for a GiB; 1 GB is 10**9 bytes": lambda: 240_122,
            "activations are in fp32 in the recipe fp32 alone": lambda: 109_000,
        },
    )
    expect(
        student.memory.largest_batch(6, widths, "mixed", "adamw"),
        0,
        "the weights alone take more than 6 GB: no row fits",
        {"a batch below 0 was given; where nothing fits, it is 0": lambda: -7_000},
    )
    expect(
        student.memory.largest_batch(1, [9, 7, 5], "fp32", "adagrad"),
        15_624_981,
        "a row that fits only in part does not count",
        {"it was rounded up; that row does not fit": lambda: 15_624_982},
    )
    exact = 2 * 10**27 - 14
    got = student.memory.largest_batch(10**21, [125, 7], "fp32", "sgd")
    expect(got, exact, "exactly, however large", inexact(exact))
    with expect_raises(ValueError, naming="[7]", hint="a layer lies between two widths; here is none"):
        student.memory.largest_batch(8, [7], "fp32", "sgd")
    for recipe, optimizer, naming in (("fp64", "sgd", "fp64"), ("fp32", "lion", "lion")):
        with expect_raises((ValueError, KeyError), naming=naming, hint="only the handout's names are names"):
            student.memory.largest_batch(8, [7, 5], recipe, optimizer)


@points(0.25, task="2.1")
def test_recorded_answers_2_1(student: Student) -> None:
    """Small inputs, the shortest first, with the answers that known mistakes give."""
    recorded.compare(student, "2.1")


@points(0.25, task="2.4")
def test_recorded_answers_2_4(student: Student) -> None:
    """Small inputs, the shortest first, with the answers that known mistakes give."""
    recorded.compare(student, "2.4")
