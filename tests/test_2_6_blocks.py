"""Task 2.6, public checks: block-scaled formats."""

from __future__ import annotations

import math
from functools import partial

from tests import recorded
from tests.block_examples import WORDED, worded
from tests.harness import Student, expect, expect_close, expect_raises, points
from tests.mistakes import OneOf, inexact

SCALES = "the scales were left out; each block has one of 8 bits"
BLOCK_BY_ROW = "blocks were cut across rows; each row begins a block"
PADDED = "a last block that is not full was filled up; it has its own numbers only"
ROWS_PACKED = "each row was rounded up to whole bytes; codes are packed over all rows"
TENSOR_SCALE = "the tensor's own scale, 4 bytes, was left out"
NO_TENSOR_SCALE = "only nvfp4 has a scale of the tensor"

BYTES: list[tuple[list[int], str, int, dict[str, int]]] = [
    ([4096, 4096], "mxfp4", 8_912_896, {SCALES: 8_388_608, NO_TENSOR_SCALE: 8_912_900}),
    ([4096, 4096], "nvfp4", 9_437_188, {SCALES: 8_388_612, TENSOR_SCALE: 9_437_184}),
    ([3, 50], "mxfp8", 156, {BLOCK_BY_ROW: 155, PADDED: 198, SCALES: 150}),
    ([3, 5], "nvfp4", 15, {BLOCK_BY_ROW: 13, ROWS_PACKED: 16, TENSOR_SCALE: 11, SCALES: 12}),
    ([2, 3, 20], "mxfp4", 66, {BLOCK_BY_ROW: 64, PADDED: 102, SCALES: 60}),
    ([7], "mxfp8", 8, {PADDED: 33, SCALES: 7}),
    ([0, 7], "nvfp4", 0, {"a tensor without numbers takes nothing": 4}),
    ([3, 0], "mxfp4", 0, {"a row without numbers has no block, and no scale": 3}),
]
"""Shapes, a format, bytes, and what known mistakes give."""

AVERAGE = "bits were shared out evenly; a block that is begun takes its whole scale"
ROWS: list[tuple[int, str, int, dict[str, int]]] = [
    (987, "mxfp4", 1856, {AVERAGE: 1857, SCALES: 1974}),
    (
        1000,
        "nvfp4",
        1770,
        {AVERAGE: 1777, SCALES: 1992, TENSOR_SCALE: 1776, "only full blocks were counted": 1760},
    ),
    (100, "mxfp8", 96, {SCALES: 100, "a row of 97 numbers has 4 scales": 97}),
    (5, "nvfp4", 0, {"4 bytes are the tensor's scale, and 1 that of the block": 2}),
    (3, "nvfp4", 0, {"not even the scales fit": -2, "less than no bytes are left for numbers; that is none": -32}),
]

MXFP4 = [1.0, -2.5, 0.25, 5.0, -0.75, 3.5, 0.0, -0.125]
MXFP8 = [500.0, 470.0, 1.0, 17.0, 19.0, -(2.0**-11), 2.0**-10, -300.0]
NVFP4 = [6.875, 1.40625, 1.421875, -0.5625, 3.0, -0.25]
CEIL = "the shared exponent was rounded up, so that nothing saturates; round it down"
EMAX = "emax, the exponent of the element's largest number, was not subtracted"
TIES = "a half was rounded up; of two equally near numbers, take that of the even code"


@points(0.25, task="2.6")
def test_bytes_with_all_scales(student: Student) -> None:
    """A row's last block has a scale, too; nvfp4 has one more; and the longest row in so many bytes."""
    for shape, block_format, exact, mistakes in BYTES:
        expect(
            student.blocks.block_bytes(shape, block_format),
            exact,
            "codes packed over all rows, one byte for each block of each row, and 4 bytes for nvfp4's tensor",
            {why: partial(int, wrong) for why, wrong in mistakes.items()},
        )
    large = 10**12 * 33 * 10**12
    expect(student.blocks.block_bytes([10**12, 32 * 10**12], "mxfp8"), large, "exactly", inexact(large))
    for n_bytes, block_format, exact, mistakes in ROWS:
        expect(
            student.blocks.longest_row(n_bytes, block_format),
            exact,
            "whole blocks first; what is left holds a scale and then numbers",
            {why: partial(int, wrong) for why, wrong in mistakes.items()},
        )
    for call in (partial(student.blocks.block_bytes, [4]), partial(student.blocks.longest_row, 4)):
        with expect_raises(
            (ValueError, KeyError), naming="MXFP4", hint="there are three formats, in small letters"
        ):
            call("MXFP4")


@points(0.5, task="2.6")
def test_what_codes_stand_for(student: Student) -> None:
    """All 16 codes of E2M1, the ends of E4M3 and of the scales, and NaN."""
    decode = student.blocks.decode_block
    half = [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0]
    all_16 = half + [-number for number in half]
    expect(
        worded(decode(127, list(range(16)), "mxfp4")),
        worded(all_16),
        "1 bit of sign, 2 of exponent with bias 1, 1 of mantissa; exponent 0 is subnormal, exponent 3 a number",
        {
            "code 1 is subnormal: 0.1 in binary, without a leading 1": lambda: worded(
                [0.0, 0.75, *half[2:], -0.0, -0.75, *(-number for number in half[2:])]
            ),
            "-0.0 lost its sign": lambda: worded([number or 0.0 for number in all_16]),
        },
        WORDED,
    )
    ends = [0, 1, 7, 8, 56, 120, 126, 127, 128, 254, 255]
    expect(
        worded(decode(127, ends, "mxfp8")),
        worded(
            [0.0, 2.0**-9, 7 * 2.0**-9, 2.0**-6, 1.0, 256.0, 448.0, math.nan, -0.0, -448.0, math.nan],
        ),
        "4 bits of exponent with bias 7, 3 of mantissa; only codes 127 and 255 are NaN, and none is infinite",
        told=WORDED,
    )
    expect(
        decode(120, [0x3A], "mxfp8"),
        [1.25 * 2.0**-7],
        "E8M0 is 2**(code - 127)",
        {
            "the scale's bias, 127, was not subtracted": lambda: [1.25 * 2.0**120],
            "the scale was divided by; multiply": lambda: [1.25 * 2.0**7],
        },
    )
    expect(
        decode(0, [7], "mxfp4"), [6 * 2.0**-127], "E8M0's code 0 is 2**-127", {"code 0 is no zero": lambda: [0.0]}
    )
    hint = "E8M0's code 255 is NaN, and so is the whole block"
    expect(worded(decode(255, [0, 9], "mxfp4")), ["nan", "nan"], hint, told=WORDED)
    expect(
        decode(0x3B, [2, 15], "nvfp4", 0.25),
        [0.34375, -2.0625],
        "nvfp4's block scale is in E4M3, here 1.375; and the tensor's scale is a factor, too",
        {
            "the tensor's scale was left out": lambda: [1.375, -8.25],
            "the block's scale was read as a power of two": lambda: [2.0**-70, -6 * 2.0**-70],
        },
    )
    for arguments, naming in (
        ((127, [16], "mxfp4"), "16"),
        ((256, [1], "mxfp8"), "256"),
        ((1, [1], "fp4"), "fp4"),
    ):
        with expect_raises((ValueError, KeyError), naming=naming, hint="no such code, or no such format: raise"):
            decode(*arguments)


@points(0.5, task="2.6")
def test_a_power_of_two_for_each_block(student: Student) -> None:
    """The shared exponent is floor(log2(amax)) - emax; what is too large then saturates, and halves go to even."""
    encode = student.blocks.encode_block
    expect(
        encode(MXFP4, "mxfp4"),
        (127, [2, 12, 0, 6, 10, 6, 0, 8]),
        "amax is 5, so that the exponent is 2 - 2; 2.5 is halfway between 2 (code 4) and 3 (code 5)",
        {
            CEIL: lambda: OneOf([(128, [1, 10, 0, 4, 9, 4, 0, 8])]),
            EMAX: lambda: (129, [0, 9, 0, 2, 8, 2, 0, 8]),
            TIES: lambda: (127, [2, 13, 1, 7, 10, 6, 0, 8]),
            "the sign of what becomes zero was lost": lambda: (127, [2, 12, 0, 6, 10, 6, 0, 0]),
        },
    )
    expect(
        encode(MXFP8, "mxfp8"),
        (127, [126, 126, 56, 88, 90, 128, 0, 249]),
        "amax is 500, so that the exponent is 8 - 8; above 448 a number becomes 448",
        {
            CEIL: lambda: (128, [120, 119, 48, 80, 82, 128, 0, 241]),
            EMAX: lambda: (135, [64, 63, 2, 24, 26, 128, 0, 185]),
            TIES: lambda: (127, [126, 126, 56, 89, 90, 128, 1, 249]),
            "what is too large became NaN; it becomes the largest number": (
                lambda: (127, [127, 127, 56, 88, 90, 128, 0, 249])
            ),
        },
    )
    zeros = "a block of zeros has the scale's code 0, and zeros keep their signs"
    expect(encode([0.0, -0.0, 0.0], "mxfp8"), (0, [0, 128, 0]), zeros)
    tiny = "the exponent would be below -127, which is the lowest: code 0"
    expect(encode([2.0**-130, -(2.0**-126), 2.0**-149], "mxfp4"), (0, [0, 12, 0]), tiny)
    too_many = "a block of mxfp4 has 32 numbers at most"
    for values, naming in (([1.0] * 33, "33"), ([1.0, math.inf], "inf"), ([], "0")):
        with expect_raises(ValueError, naming=naming, hint=too_many):
            encode(values, "mxfp4")


@points(0.5, task="2.6")
def test_two_scales(student: Student) -> None:
    """nvfp4's block scale is a number of E4M3, and elements are rounded to multiples of that and the tensor's."""
    encode = student.blocks.encode_block
    expect(
        encode(NVFP4, "nvfp4"),
        (57, [7, 2, 3, 9, 5, 8]),
        "6.875 / 6 is nearest to 1.125 in E4M3 (code 57); 1.421875 / 1.125 is nearest to 1.5",
        {
            "elements were divided by amax / 6; divide by the scale that is stored": lambda: (
                57,
                [7, 2, 2, 9, 5, 8],
            ),
            "the block's scale was taken to be a power of two": lambda: (56, [7, 3, 3, 9, 5, 8]),
            TIES: lambda: (57, [7, 3, 3, 9, 5, 8]),
            "amax was not divided by 6, the largest element": lambda: (78, [2, 0, 0, 8, 1, 8]),
        },
    )
    expect(
        encode([value / 4 for value in NVFP4], "nvfp4", 0.25),
        (57, [7, 2, 3, 9, 5, 8]),
        "with a quarter of each number and of the tensor's scale, codes are the same",
        {"the tensor's scale was left out": lambda: (41, [7, 2, 3, 9, 5, 8])},
    )
    small = "amax / 6 is nearer to 0 than to 2**-9: scale and elements are zeros"
    expect(encode([5 * 2.0**-10, -3 * 2.0**-10], "nvfp4"), (0, [0, 8]), small)
    large = "the block's scale is 448 at most, and elements saturate at 6"
    expect(encode([999_424.0, -98_304.0, 4000.0, 90.0], "nvfp4"), (126, [7, 15, 7, 0]), large)
    with expect_raises(ValueError, naming="17", hint="a block of nvfp4 has 16 numbers at most"):
        encode([1.0] * 17, "nvfp4")
    sixths = "the largest magnitude / (6 * 448): then the largest block scale is 448"
    expect(student.blocks.tensor_scale([-5376.0, 3.0]), 2.0, sixths, {"take magnitudes": lambda: 3.0 / 2688})
    rounded = "round to float32: the quotient has no end in binary"
    expect(student.blocks.tensor_scale([1.0]), 0.00037202381645329297, rounded, {rounded: lambda: 1 / 2688})
    expect(student.blocks.tensor_scale([0.0, -0.0]), 1.0, "of zeros alone it is 1")


@points(0.25, task="2.6")
def test_the_smallest_format_that_is_good_enough(student: Student) -> None:
    """One outlier costs its block its small numbers; a smaller block, or more bits, keep them."""
    row = [6.0, 0.5] + [1.0] * 14 + [448.0] + [3.0] * 3
    for block_format, exact, mistake in (
        ("mxfp8", 0.0, {}),
        ("mxfp4", 64.0, {"448 / 64 is 7, which saturates at 6": 0.0}),
        ("nvfp4", 3.0, {"blocks of 32 were taken; nvfp4's have 16 numbers": 6.0}),
    ):
        mistakes = {why: partial(float, wrong) for why, wrong in mistake.items()}
        expect_close(
            student.blocks.largest_error(row, block_format), exact, "the largest |value - decoded|", mistakes
        )
    enough = "take those with an error of at most the bound, and of these the one with the fewest bytes"
    for bound, exact in ((64.0, "mxfp4"), (63.0, "nvfp4"), (3.0, "nvfp4"), (2.0, "mxfp8")):
        expect(student.blocks.smallest_format(row, bound), exact, enough)
    expect(student.blocks.smallest_format([1.0625 * 2.0**-5, 1.0], 2.0**-10), None, "every error is 2**-9 or more")
    expect(student.blocks.smallest_format([3.0], 0.0), "mxfp8", "mxfp8 and mxfp4 take 2 bytes here: the first")


@points(0.25, task="2.6")
def test_states_in_8_bits_and_of_muon(student: Student) -> None:
    """An optimizer's bytes, and how many layers fit."""
    states = student.blocks.optimizer_bytes
    tensors = {"embedding": [1000, 64], "up": [64, 257], "down": [257, 64], "norm": [64], "scale": []}
    for optimizer, exact, mistakes in (
        ("adamw", 775_688, {"AdamW keeps two numbers for each parameter": 387_844}),
        (
            "adamw8bit",
            197_352,
            {
                "the scales of the blocks were left out": 194_312,
                "blocks went on from tensor to tensor": 197_344,
                "small tensors keep their states in fp32": 196_978,
            },
        ),
        (
            "muon",
            644_104,
            {
                "the embedding is AdamW's, though it is a matrix": 388_104,
                "what is no matrix is AdamW's": 643_844,
            },
        ),
    ):
        hint = "see the handout's table; blocks of 256 begin anew in each tensor"
        expect(states(tensors, optimizer), exact, hint, {why: partial(int, n) for why, n in mistakes.items()})
    layer = {"up": [64, 257], "down": [257, 64], "norm": [64]}
    expect(
        student.blocks.most_layers(10**7, {"embedding": [1000, 64]}, layer, 20_000, "muon"),
        20,
        "8,976,000 bytes are left, and a layer takes 395,776, and 40,000 for activations",
        {
            "parameters and gradients are in fp32, and were taken for bf16": lambda: 30,
            "activations were left out": lambda: 22,
            "activations were taken for fp32; they are in bf16": lambda: 18,
        },
    )
    with expect_raises((ValueError, KeyError), naming="adam", hint="there are three, by these names"):
        states(layer, "adam")
    with expect_raises(ValueError, naming="1023", hint="not even the embedding fits: raise"):
        student.blocks.most_layers(1023, {"embedding": [8, 8]}, layer, 0, "adamw")


@points(0.25, task="2.6")
def test_recorded_answers_2_6(student: Student) -> None:
    """Small inputs, the shortest first, with the answers that known mistakes give."""
    recorded.compare(student, "2.6")
