"""Task 2.6, hidden checks: any tensor, any block, any model."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import partial

from hypothesis import example, given
from hypothesis import strategies as st

from grader.oracle import blocks as oracle
from grader.reference import blocks as reference
from tests.block_examples import FORMATS, WORDED, worded
from tests.harness import Student, expect, expect_close, expect_raises, points
from tests.mistakes import OneOf, inexact, whole

formats = st.sampled_from(FORMATS)
optimizers = st.sampled_from(["adamw", "adamw8bit", "muon"])
eighths = st.builds(lambda n, k: n / 8 * 2.0**k, st.integers(-80, 80), st.integers(-6, 6))
"""Numbers many of which lie halfway between two of E2M1."""

any_size = st.floats(width=32, allow_nan=False, allow_infinity=False)
blocks = st.lists(eighths, min_size=1, max_size=16) | st.lists(any_size, min_size=1, max_size=16)
halving = st.integers(-20, 4).map(lambda k: 2.0**k)
odd = st.sampled_from([1.0, 0.75, 1.0 + 2.0**-23, 1.0 / 4 + 2.0**-20])
tensor_scales = st.builds(lambda power, factor: power * factor, halving, odd)

BLOCKS: list[tuple[list[float], str, float]] = [
    ([480.0, -464.0, 463.0, 448.0, 447.0], "mxfp8", 1.0),
    ([511.0, 30.0, 29.0, 2.5 * 2.0**-9, -0.75 * 2.0**-9, 0.0], "mxfp8", 1.0),
    ([7.875, 5.5, 5.0, 4.875, 2.5, 1.75, 1.25, 0.75, 0.3125, 0.25, -0.1875, -0.0], "mxfp4", 1.0),
    ([8.0 - 2.0**-21, 8.0 - 2.0**-20, -1.0], "mxfp4", 1.0),
    ([2.0**-126, 2.0**-128, -(2.0**-129)], "mxfp4", 1.0),
    ([2.0**-119, -(2.0**-127), 2.0**-136, 2.0**-137], "mxfp8", 1.0),
    ([(2 - 2.0**-23) * 2.0**127, 1.0], "mxfp8", 1.0),
    ([(2 - 2.0**-23) * 2.0**127, -(2.0**126)], "mxfp4", 1.0),
    ([6.375, 1.3125, -0.25], "nvfp4", 1.0),
    ([6.0 * 1.0625, 4.25, 2.5], "nvfp4", 1.0),
    ([6 * 2.0**-10, -(2.0**-9), 0.0], "nvfp4", 1.0),
    ([6.5 * 2.0**-10, -(2.0**-9)], "nvfp4", 1.0),
    ([448.0 * 42, -1.0, 300.0], "nvfp4", 0.5),
    ([0.0] * 16, "nvfp4", 2.0**-3),
    ([3.75 + 2.0**-21, 1.09375 + 2.0**-23], "nvfp4", 1 + 2.0**-23),
    *(([2.0**-power], block_format, 1.0) for power in (47, 51, 93) for block_format in ("mxfp4", "mxfp8")),
    ([1432.828125], "nvfp4", 332.25),
    ([197.16786193847656], "nvfp4", 15.46414566040039),
]
"""Where elements saturate, are subnormal or lie halfway, and where scales end or are rounded."""


@points(0.5, task="2.6")
@given(
    shape=st.lists(whole(3) | whole(20) | st.just(0), min_size=1, max_size=4),
    block_format=formats,
    n_bytes=whole(4) | whole(24) | st.integers(0, 80),
)
@example(shape=[5, 33], block_format="mxfp8", n_bytes=34)
@example(shape=[3, 17], block_format="nvfp4", n_bytes=14)
@example(shape=[3, 33], block_format="mxfp4", n_bytes=18)
@example(shape=[9, 1], block_format="mxfp4", n_bytes=2)
@example(shape=[0], block_format="nvfp4", n_bytes=4)
@example(shape=[1], block_format="nvfp4", n_bytes=0)
def test_bytes_of_any_tensor(student: Student, shape: list[int], block_format: str, n_bytes: int) -> None:
    """Exactly, however large, and the other way round."""
    size, bits = oracle.SIZES[block_format], 1 + sum(oracle.FIELDS[block_format])
    rows, row, numbers = math.prod(shape[:-1]), shape[-1], math.prod(shape)
    tensor, each = 4 * (block_format == "nvfp4" and numbers > 0), -(-row // size)
    codes, exact = -(-numbers * bits // 8), reference.block_bytes(shape, block_format)
    expect(
        student.blocks.block_bytes(shape, block_format),
        exact,
        "codes packed over all rows, one byte for each block of each row, and 4 bytes for nvfp4's tensor",
        {
            "the scales were left out; each block has one of 8 bits": lambda: tensor + codes,
            "blocks were cut across rows; each row begins a block": lambda: tensor + codes + -(-numbers // size),
            "a last block that is not full was filled up": (lambda: tensor + rows * each * (1 + size * bits // 8)),
            "each row was rounded up to whole bytes": lambda: tensor + rows * (each + -(-row * bits // 8)),
            "the tensor's own scale, 4 bytes, was left out": lambda: exact - tensor,
            "a tensor without numbers takes nothing": lambda: None if numbers else 4,
        }
        | inexact(exact, off_by=2**61),
    )
    most, room = reference.longest_row(n_bytes, block_format), n_bytes - 4 * (block_format == "nvfp4")
    expect(
        student.blocks.longest_row(n_bytes, block_format),
        most,
        "whole blocks first; what is left holds a scale and then numbers",
        {
            "only full blocks were counted": lambda: most // size * size,
            "bits were shared out evenly; a block that is begun takes its whole scale": (
                lambda: room * 8 * size // (8 + size * bits)
            ),
            "one number more has no room": lambda: most + 1,
            "the scales were left out": lambda: room * 8 // bits,
        }
        | inexact(most, off_by=2**61),
    )
    for wrong in ("mxfp6", "NVFP4", ""):
        with expect_raises((ValueError, KeyError), naming=wrong):
            student.blocks.block_bytes(shape, wrong)
        with expect_raises((ValueError, KeyError), naming=wrong):
            student.blocks.longest_row(n_bytes, wrong)


@points(0.25, task="2.6")
def test_every_code(student: Student) -> None:
    """All codes of all formats, and each scale."""
    for block_format, last in (("mxfp8", 255), ("mxfp4", 255), ("nvfp4", 127)):
        codes = list(range(256 if block_format == "mxfp8" else 16))
        for scale in range(last + 1):
            exact = reference.decode_block(scale, codes, block_format, 1.0)
            got = student.blocks.decode_block(scale, codes, block_format)
            expect(worded(got), worded(exact), "element times block scale, exactly", told=WORDED)
        wrong = (last + 1, [0]), (-1, [0]), (1, [0, len(codes)]), (1, [-1]), (last, [len(codes)])
        for scale, elements in wrong:
            beyond = str(scale) if not 0 <= scale <= last else str(elements[-1])
            with expect_raises(ValueError, naming=beyond, hint="there is no such code: raise, and name it"):
                student.blocks.decode_block(scale, elements, block_format)
    for tensor_scale in (1.5, 2.0**-149, (2 - 2.0**-23) * 2.0**127):
        exact = reference.decode_block(126, [0, 9, 7], "nvfp4", tensor_scale)
        got = student.blocks.decode_block(126, [0, 9, 7], "nvfp4", tensor_scale)
        once = "multiply floats of 64 bits, which hold the product exactly"
        expect(worded(got), worded(exact), once, told=WORDED)


@points(0.75, task="2.6")
@given(values=blocks, block_format=formats, tensor_scale=tensor_scales)
@example(values=[0.0, -0.0], block_format="mxfp4", tensor_scale=1.0)
@example(values=[1.0] * 16, block_format="mxfp8", tensor_scale=1.0)
def test_blocks_of_any_numbers(
    student: Student, values: list[float], block_format: str, tensor_scale: float
) -> None:
    """Any block against one in which every code was tried; and blocks that end or saturate."""
    _same_block(student, values, block_format, tensor_scale if block_format == "nvfp4" else 1.0)
    for case in BLOCKS if values == [0.0, -0.0] else ():
        _same_block(student, *case)
    size = oracle.SIZES[block_format]
    for wrong, naming in (([0.5] * (size + 1), str(size + 1)), ([], "0"), ([*values[:9], -math.inf], "inf")):
        with expect_raises(ValueError, naming=naming, hint="a block has 1 to 32 finite numbers, in nvfp4 1 to 16"):
            student.blocks.encode_block(wrong, block_format)
    with expect_raises(ValueError, naming="nan", hint="NaN has no place in a block here"):
        student.blocks.encode_block([*values[:9], math.nan], block_format)


def _same_block(student: Student, values: list[float], block_format: str, tensor_scale: float) -> None:
    exact = oracle.encode(values, block_format, tensor_scale)
    arguments = (values, block_format, *([tensor_scale] if tensor_scale != 1 else []))
    again = partial(oracle.encode, values, block_format, tensor_scale)
    scale, codes = exact
    most = max(abs(Fraction(value)) for value in values)
    nvidia, emax = block_format == "nvfp4", oracle.power(max(oracle.numbers(block_format)))
    top = 2 ** sum(oracle.FIELDS[block_format]) - 1
    unrounded = most / 6 if nvidia else Fraction(0)
    expect(
        student.blocks.encode_block(*arguments),
        exact,
        "the scale first, and then the nearest multiple of what is stored",
        {
            "the shared exponent was rounded up, so that nothing saturates; round it down": (
                lambda: None if nvidia else OneOf([again(scale=scale + 1)])
            ),
            "emax, the exponent of the element's largest number, was not subtracted": (
                lambda: None if nvidia else again(scale=scale + emax)
            ),
            "of two equally near numbers, take that of the even code": lambda: again(prefer=lambda code: -code),
            "the sign of what becomes zero was lost": (
                lambda: (scale, [0 if code == top + 1 else code for code in codes])
            ),
            "what is too large became NaN; it becomes the largest number": (
                lambda: (scale, [code + 1 if code in (126, 254) else code for code in codes])
            ),
            "elements were divided by amax / 6; divide by the scale that is stored": (
                lambda: (scale, oracle.elements(values, unrounded, block_format)) if nvidia else None
            ),
            "the tensor's scale was left out": (
                lambda: oracle.encode(values, block_format, 1.0) if tensor_scale != 1 else None
            ),
            "quotients were rounded twice, to float32 first; compute in floats of 64 bits": (
                lambda: (scale, _in_float32(values, scale, tensor_scale)) if nvidia and scale else None
            ),
        },
    )


def _in_float32(values: list[float], scale: int, tensor_scale: float) -> list[int]:
    """The codes of quotients that were rounded to float32, as was what they were divided by."""
    unit = _float32(oracle.unit(scale, "nvfp4", tensor_scale))
    rounded = [math.copysign(_float32(abs(Fraction(value)) / unit), value) for value in values]
    return oracle.elements(rounded, Fraction(1), "nvfp4")


def _float32(x: Fraction) -> Fraction:
    """A number from 0 on, rounded to 24 bits."""
    place = Fraction(2) ** (oracle.power(x) - 23) if x else Fraction(1)
    return round(x / place) * place


@points(0.5, task="2.6")
@given(values=st.lists(eighths, min_size=1, max_size=70), share=st.integers(0, 5))
@example(values=[float(n) for n in range(1, 41)], share=1)
@example(values=[0.0] * 5, share=0)
@example(values=[1.25], share=1)
@example(values=[3.0, 1.0], share=0)
@example(values=[1.10000002384185791015625] * 8, share=0)
@example(values=[2.0**-149], share=0)
@example(values=[2.0**-126, 2.0**-140], share=1)
def test_errors_of_any_row(student: Student, values: list[float], share: int) -> None:
    """Block by block; and the smallest format for a bound, which an error may equal."""
    factor = reference.tensor_scale(values)
    expect(student.blocks.tensor_scale(values), factor, "float32's nearest to amax / (6 * 448), or 1", told="{}")
    errors = {name: _same_error(student, values, name, factor) for name in FORMATS}
    bound = [*errors.values(), 0.0, max(errors.values()) * 2, min(errors.values()) / 2][share]
    good = [name for name in FORMATS if errors[name] <= bound]
    sizes = {name: reference.block_bytes([len(values)], name) for name in FORMATS}
    best = min(good, key=lambda name: sizes[name]) if good else None
    expect(
        student.blocks.smallest_format(values, bound),
        best,
        "of the formats whose error is not above the bound, the one with the fewest bytes",
        {
            "a format whose error is the bound is good enough": lambda: min(
                (name for name in good if errors[name] < bound), key=lambda name: sizes[name], default=None
            ),
            "the format with the smallest error was taken": (
                lambda: min(good, key=lambda name: errors[name]) if good else None
            ),
            "of equally many bytes, take the first of mxfp8, mxfp4, nvfp4": lambda: (
                min(reversed(good), key=lambda name: sizes[name]) if good else None
            ),
        },
    )


def _same_error(student: Student, values: list[float], block_format: str, factor: float) -> float:
    """The largest error in a format, which the student's is compared with."""
    nvidia, size = block_format == "nvfp4", oracle.SIZES[block_format]
    exact = float(oracle.error(values, block_format, factor if nvidia else 1.0))
    expect_close(
        student.blocks.largest_error(values, block_format),
        exact,
        "blocks begin anew after 32 numbers, in nvfp4 after 16; take the largest |value - decoded|",
        {
            "the tensor's scale was taken for 1": (
                lambda: float(oracle.error(values, "nvfp4", 1.0)) if nvidia else None
            ),
            "only the first block was looked at": (
                lambda: float(oracle.error(values[:size], block_format, factor if nvidia else 1.0))
            ),
        },
    )
    return exact


shapes = st.lists(whole(4) | whole(12), max_size=3) | st.sampled_from([[4095], [4096], [16, 256], [2, 2048, 1]])
OWN = ("embedding", "output")
"""Matrices that Muon leaves to AdamW."""

names = st.sampled_from([*OWN, "up", "norm", "q", "embeddings", "token_embedding", "Output"])


@points(0.5, task="2.6")
@given(
    outside=st.dictionaries(names, shapes, max_size=3),
    layer=st.dictionaries(
        st.sampled_from(["up", "down", "norm", "router", "output"]), shapes, min_size=1, max_size=3
    ),
    kept=st.just(0) | whole(12),
    room=whole(30),
    optimizer=optimizers,
)
@example(outside={"output": [64, 64]}, layer={"up": [64, 64]}, kept=0, room=1, optimizer="adamw8bit")
@example(outside={"norm": [4095]}, layer={"up": [63, 65]}, kept=0, room=1, optimizer="adamw8bit")
@example(outside={"output": [9, 7], "up": [2, 3, 5]}, layer={"up": [5, 7]}, kept=2, room=10**9, optimizer="muon")
@example(outside={"up": [4097], "q": [4099]}, layer={"norm": [1]}, kept=3, room=99, optimizer="adamw8bit")
@example(outside={"embedding": [300, 20]}, layer={"up": [20, 30]}, kept=1, room=9, optimizer="muon")
@example(outside={"token_embedding": [11, 10]}, layer={"output": [64, 90]}, kept=0, room=10**6, optimizer="muon")
@example(
    outside={"Embedding": [10, 12], "my output": [3, 5]}, layer={"up": [9]}, kept=0, room=99, optimizer="muon"
)
@example(outside={"up": [2**60 + 1]}, layer={"up": [9]}, kept=0, room=99, optimizer="adamw8bit")
def test_memory_of_any_model(
    student: Student,
    outside: dict[str, list[int]],
    layer: dict[str, list[int]],
    kept: int,
    room: int,
    optimizer: str,
) -> None:
    """States of all optimizers, and how many layers fit beside what the model has once."""
    exact = sum(_states(name, shape, optimizer) for name, shape in outside.items())
    sizes = {name: math.prod(shape) for name, shape in outside.items()}
    expect(
        student.blocks.optimizer_bytes(outside, optimizer),
        exact,
        "tensor by tensor: see the handout's table",
        {
            "embedding and output are AdamW's, though they are matrices": lambda: sum(
                _states(name.upper(), shape, optimizer) for name, shape in outside.items()
            ),
            "a matrix has two sizes; with more or fewer, a tensor's states are AdamW's": lambda: sum(
                _states(name, [math.prod(shape), 1] if len(shape) > 2 else shape, optimizer)
                for name, shape in outside.items()
            ),
            "small tensors keep their states in fp32": lambda: (
                sum(2 * (n + 4 * -(-n // 256)) for n in sizes.values()) if optimizer == "adamw8bit" else None
            ),
            "blocks went on from tensor to tensor; they begin anew in each": lambda: (
                2 * (sum(sizes.values()) + 4 * -(-sum(sizes.values()) // 256))
                if optimizer == "adamw8bit"
                else None
            ),
            "the scales of the blocks were left out": lambda: (
                sum(2 * n if n >= 4096 else 8 * n for n in sizes.values()) if optimizer == "adamw8bit" else None
            ),
            "names are taken as a whole, and as they are written": lambda: sum(
                _states(next((each for each in OWN if each in name.lower()), name), shape, optimizer)
                for name, shape in outside.items()
            ),
        }
        | inexact(exact),
    )
    once = 8 * sum(sizes.values()) + exact
    parameters = sum(map(math.prod, layer.values()))
    states = sum(_states(name, shape, optimizer) for name, shape in layer.items())
    left, each = room, 8 * parameters + states + 2 * kept
    expect(
        student.blocks.most_layers(once + left, outside, layer, kept, optimizer),
        left // each,
        "what is left beside the tensors outside, divided by what a layer takes",
        {
            "parameters and gradients are in fp32, and were taken for bf16": (
                lambda: (left + 4 * sum(sizes.values())) // (each - 4 * parameters)
            ),
            "activations are in bf16": lambda: left // (each + 2 * kept),
            "activations were left out": lambda: left // (each - 2 * kept),
        }
        | inexact(left // each),
    )
    fits = "what is outside fits, and no layer does"
    expect(student.blocks.most_layers(once, outside, layer, kept, optimizer), 0, fits)
    if once:
        with expect_raises(ValueError, naming=str(once - 1), hint="not even what is outside fits: raise"):
            student.blocks.most_layers(once - 1, outside, layer, kept, optimizer)
    for wrong in ("AdamW", "adam8bit", "Muon"):
        with expect_raises((ValueError, KeyError), naming=wrong):
            student.blocks.optimizer_bytes(outside, wrong)
        with expect_raises((ValueError, KeyError), naming=wrong):
            student.blocks.most_layers(once + left, outside, layer, kept, wrong)


def _states(name: str, shape: list[int], optimizer: str) -> int:
    """Bytes of one tensor's states."""
    return reference.optimizer_bytes({name: shape}, optimizer)
