"""Tasks 2.1 and 2.4, hidden checks: every dtype, recipe, optimizer and size."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from math import prod

from hypothesis import example, given
from hypothesis import strategies as st

from grader.reference import memory as reference
from tests.harness import Student, expect, expect_raises, points
from tests.mistakes import inexact, whole

DTYPES = (
    "bool bfloat16 float16 float32 float64 float8_e4m3fn float8_e4m3fnuz float8_e5m2 float8_e5m2fnuz "
    "float8_e8m0fnu float4_e2m1fn_x2 complex32 complex64 complex128 int1 int2 int3 int4 int5 "
    "int6 int7 int8 int16 int32 int64 "
    "uint1 uint2 uint3 uint4 uint5 uint6 uint7 uint8 uint16 uint32 uint64 qint8 qint32 quint8 quint4x2 "
    "quint2x4 bits1x8 bits2x4 bits4x2 bits8 bits16"
).split()
"""Every dtype of torch, as the handout's table has them."""

NO_DTYPES = {
    "half float double short int long": "torch has other words for some dtypes; the table has one name for each",
    "int0 int9 int12 int24 int128 uint12 float8 float24 float128 complex16 bfloat32 qint4 quint16 bits32": (
        "the number in a name does not make it a dtype; the table's names are the only ones"
    ),
    "float8_x float8_e3m4 float8_e4m3 float8_e5m2u float4_e2m1fn quint4 bits4x4 int4x2": (
        "its name only begins or ends as one of the table's; compare names as a whole"
    ),
    "torch.float32 FLOAT32 Float32 Bool int\uff14 float\u0663\u0662": (
        "names are taken as they are, without a prefix and in small letters"
    ),
    "at16 loat3 int uint qint bits 8 float16,float32": "it is only a part of a name, or more than one",
}
"""Names that are near those of the table and not in it, and what to try."""

LARGE_SHAPES = [([2**61 + 2], "int4"), ([2**31 + 1, 2**31 - 1, 8], "uint3"), ([3, 2**55 + 1], "bool")]
"""Shapes whose bytes a float does not hold exactly."""

recipes = st.sampled_from(["fp32", "bf16", "mixed", "mixed_no_master"])
optimizers = st.sampled_from(["sgd", "adagrad", "adamw"])
NO_RECIPES, NO_OPTIMIZERS = ("fp7", "MIXED"), ("AdamW", "adam")
chains = st.lists(whole(9), min_size=2, max_size=8).filter(lambda w: w[-1] != sum(w[:-1]))
"""Widths of layers; the last one is not the sum of the others, so that each mistake gives another number."""


@points(0.25, task="2.1")
def test_every_dtype(student: Student) -> None:
    """All dtypes of torch, and names that are none."""
    for dtype in DTYPES:
        expect(
            student.memory.dtype_bits(dtype),
            reference.dtype_bits(dtype),
            "see the handout's table",
            {
                "that is what several numbers take together": partial(int, 8 if dtype[-2] == "x" else -1),
                "a bool takes a whole byte": partial(int, 1 if dtype == "bool" else -1),
            },
        )
        with expect_raises((ValueError, KeyError), naming=f"{dtype}?"):
            student.memory.dtype_bits(f"{dtype}?")
    for names, hint in NO_DTYPES.items():
        for name in names.split():
            with expect_raises((ValueError, KeyError), naming=name, hint=hint):
                student.memory.dtype_bits(name)
    for name in ("float32\n", "int4 ", ""):
        with expect_raises(
            (ValueError, KeyError),
            naming=name.strip(),
            hint="a name with a line end or a blank behind it is not in the table",
        ):
            student.memory.dtype_bits(name)


@points(0.75, task="2.1")
@given(shape=st.lists(st.one_of(whole(4), whole(24), st.just(0)), max_size=4), dtype=st.sampled_from(DTYPES))
@example(shape=[], dtype="int1")
@example(shape=[3, 5], dtype="int4")
@example(shape=[3], dtype="quint4x2")
def test_every_shape(student: Student, shape: list[int], dtype: str) -> None:
    """Tensors of all dtypes, packed, and very large ones."""
    _same_bytes(student, shape, dtype)
    for case in LARGE_SHAPES if not shape else ():
        _same_bytes(student, *case)


def _same_bytes(student: Student, shape: list[int], dtype: str) -> None:
    bits, exact = reference.dtype_bits(dtype), reference.tensor_bytes(shape, dtype)
    got = student.memory.tensor_bytes(shape, dtype)
    expect(
        got,
        exact,
        "numbers times bits, divided by 8 and rounded up",
        {
            "it was rounded down; the last byte counts, too": lambda: prod(shape) * bits // 8,
            "each number was given bytes of its own; numbers of less than a byte are packed": (
                lambda: prod(shape) * -(-bits // 8)
            ),
            "each row was rounded up to whole bytes; only the last byte of all is filled in part": (
                lambda: prod(shape[:-1]) * -(-prod(shape[-1:]) * bits // 8)
            ),
            "no sizes mean one number": lambda: None if shape else 0,
            "a size of 0 means no numbers": lambda: -(-prod(max(n, 1) for n in shape) * bits // 8),
            **inexact(exact, off_by=2**61),
        },
    )


@points(0.5, task="2.4")
@given(parameters=st.one_of(st.just(0), whole(24)), recipe=recipes, optimizer=optimizers)
@example(parameters=10**18 + 1, recipe="mixed", optimizer="adamw")
def test_every_recipe_and_optimizer(student: Student, parameters: int, recipe: str, optimizer: str) -> None:
    """The handout's table, for any number of parameters; and names that are none."""
    exact = reference.training_bytes(parameters, recipe, optimizer)
    got = student.memory.training_bytes(parameters, recipe, optimizer)
    expect(
        got,
        exact,
        "multiply the table's row by the number of parameters; integers are exact",
        {
            "the number of states is the optimizer's: SGD 0, AdaGrad 1, AdamW 2": (
                lambda: reference.training_bytes(parameters, recipe, "adamw")
            ),
            "SGD has no momentum here, and keeps no state": (
                lambda: reference.training_bytes(parameters, recipe, "adagrad") if optimizer == "sgd" else None
            ),
            "gradients are in 2 bytes in every recipe but fp32": lambda: exact | {"gradients": 4 * parameters},
            **inexact(exact),
        },
    )
    for wrong in NO_RECIPES:
        with expect_raises(
            (ValueError, KeyError), naming=wrong, hint="there are four recipes, by these names only"
        ):
            student.memory.training_bytes(parameters, wrong, optimizer)
    for wrong in NO_OPTIMIZERS:
        with expect_raises((ValueError, KeyError), naming=wrong, hint="there are three, named in small letters"):
            student.memory.training_bytes(parameters, recipe, wrong)


@points(0.5, task="2.4")
@given(batch=whole(24), widths=chains, recipe=recipes)
def test_activations_of_any_chain(student: Student, batch: int, widths: list[int], recipe: str) -> None:
    """Inputs of all layers, in the recipe's dtype; too few widths, and names that are none."""
    exact = reference.activation_bytes(batch, widths, recipe)
    got = student.memory.activation_bytes(batch, widths, recipe)
    expect(
        got,
        exact,
        "batch times all widths but the last, times 4 bytes in fp32 and 2 otherwise",
        {
            "the last output was counted; no gradient of these layers needs it": (
                lambda: reference.activation_bytes(batch, [*widths, 1], recipe)
            ),
            "x was left out; the first weight's gradient needs it": lambda: (
                exact // sum(widths[:-1]) * sum(widths[1:-1])
            ),
            "activations are in fp32 in the recipe fp32 alone": lambda: 2 * exact if recipe != "fp32" else None,
            "activations are in fp32 in the recipe fp32": lambda: exact // 2 if recipe == "fp32" else None,
            **inexact(exact),
        },
    )
    for wrong in NO_RECIPES:
        with expect_raises((ValueError, KeyError), naming=wrong):
            student.memory.activation_bytes(batch, widths, wrong)
    for few in ([], widths[:1]):
        with expect_raises(ValueError, naming=str(few), hint="a layer lies between two widths; here is none"):
            student.memory.activation_bytes(batch, few, recipe)


@points(0.5, task="2.4")
@given(gpus=whole(24), gb=st.one_of(whole(3), whole(24)), recipe=recipes, optimizer=optimizers)
@example(gpus=99_901, gb=280, recipe="bf16", optimizer="adagrad")
def test_the_largest_model_of_any_cluster(
    student: Student, gpus: int, gb: int, recipe: str, optimizer: str
) -> None:
    """Whole parameters, rounded down, with GB of 10**9 bytes; and names that are none."""
    each = sum(reference.training_bytes(1, recipe, optimizer).values())
    room = gpus * gb * 10**9
    got = student.memory.largest_model(gpus, gb, recipe, optimizer)
    expect(
        got,
        room // each,
        "round down: a part of a parameter does not fit",
        {
            "a GB was taken for a GiB; 1 GB is 10**9 bytes": lambda: gpus * gb * 2**30 // each,
            "it was rounded down on each GPU; the parameters are spread over all of them together": (
                lambda: gpus * (gb * 10**9 // each)
            ),
            "it was rounded up; that one does not fit": lambda: -(-room // each),
            **inexact(room // each),
            "64 bits were used on the way, and can't hold these bytes; Python's own whole numbers can": (
                lambda: ((room + 2**63) % 2**64 - 2**63) // each if room >= 2**63 else None
            ),
        },
    )
    for wrong in NO_RECIPES:
        with expect_raises((ValueError, KeyError), naming=wrong):
            student.memory.largest_model(gpus, gb, wrong, optimizer)
    for wrong in NO_OPTIMIZERS:
        with expect_raises((ValueError, KeyError), naming=wrong):
            student.memory.largest_model(gpus, gb, recipe, wrong)


@points(0.5, task="2.4")
@given(gb=whole(20), widths=chains, recipe=recipes, optimizer=optimizers)
@example(gb=1, widths=[30_000, 30_000, 3], recipe="mixed", optimizer="adamw")
@example(gb=2, widths=[10_007, 10_009, 10_037, 5], recipe="bf16", optimizer="adagrad")
def test_the_largest_batch_of_any_chain(
    student: Student, gb: int, widths: list[int], recipe: str, optimizer: str
) -> None:
    """Whole rows, rounded down, and none where the weights alone are too large; and names that are none."""
    exact = reference.largest_batch(gb, widths, recipe, optimizer)
    row = reference.activation_bytes(1, widths, recipe)
    kept = reference.training_bytes(sum(a * b for a, b in pairwise(widths)), recipe, optimizer)
    room = gb * 10**9 - sum(kept.values())
    expect(
        student.memory.largest_batch(gb, widths, recipe, optimizer),
        exact,
        "the memory, without what is kept for each weight, divided by what one row keeps",
        {
            "a batch below 0 was given; where nothing fits, it is 0": lambda: room // row if room < 0 else None,
            "the memory was given to activations alone; weights, gradients and states are in it, too": (
                lambda: gb * 10**9 // row
            ),
            "gradients, copy and states were left out; they take more than the weights": (
                lambda: max(gb * 10**9 - kept["parameters"], 0) // row
            ),
            "it was rounded up; that row does not fit": lambda: max(-(-room // row), 0),
            "a GB was taken for a GiB; 1 GB is 10**9 bytes": (lambda: max(room + gb * (2**30 - 10**9), 0) // row),
            **inexact(exact),
        },
    )
    for few in ([], widths[:1]):
        with expect_raises(ValueError, naming=str(few), hint="a layer lies between two widths; here is none"):
            student.memory.largest_batch(gb, few, recipe, optimizer)
    for wrong in NO_RECIPES:
        with expect_raises((ValueError, KeyError), naming=wrong):
            student.memory.largest_batch(gb, widths, wrong, optimizer)
    for wrong in NO_OPTIMIZERS:
        with expect_raises((ValueError, KeyError), naming=wrong):
            student.memory.largest_batch(gb, widths, recipe, wrong)
