"""Task 4.9, public checks: training on many GPUs."""

from __future__ import annotations

from tests import recorded
from tests.harness import Student, expect, expect_raises, points
from tests.mistakes import FLOATS, OneOf, inexact

MIXED = {"weights": 2, "gradients": 2, "states": 12}
WIDE = {"weights": 2, "gradients": 4, "states": 8}
"""Gradients take twice as many bytes as weights."""

ZERO = 7_500_000_000
GPT2 = {"layers": 12, "d_model": 768, "heads": 12, "head_dim": 64, "d_ff": 3072}
SMALL = {"layers": 3, "d_model": 20, "heads": 4, "head_dim": 8, "d_ff": 30}
"""Its attention is 32 wide, and the model 20."""

HUGE = {"layers": 1000, "d_model": 10**9 + 7, "heads": 1000, "head_dim": 10**6 + 3, "d_ff": 10**9}
LARGEST = "where parameters can't be split equally, count the GPU that stores most"
EQUAL = "both may take equally long; compare in integers, since floats are not exact"
SEVERAL = "where several fit, take the one that costs least"
ALL_NUMBERS = "in a ring, a GPU sends all pieces but one: n - 1 of them"


@points(0.5, task="4.9")
def test_zero_stores_120_or_1_9_gb(student: Student) -> None:
    """7.5 billion parameters on 64 GPUs, as ZeRO's authors print them; and 1,003 parameters on 10."""
    for stage, exact, mistakes in (
        (0, 120_000_000_000, {}),
        (1, 31_406_250_000, {16_640_625_000: "in stage 1, states alone are split"}),
        (2, 16_640_625_000, {31_406_250_000: "in stage 2, gradients are split, too"}),
        (3, 1_875_000_000, {16_640_625_000: "in stage 3, all is split"}),
    ):
        wrong = {sentence: lambda answer=answer: answer for answer, sentence in mistakes.items()}
        expect(student.sharding.gpu_bytes(ZERO, MIXED, stage, 64), exact, "what is split, and what is not", wrong)
    for stage, exact, down in ((1, 6826, 6818), (2, 3218, 3206), (3, 1414, 1400)):
        got = student.sharding.gpu_bytes(1003, WIDE, stage, 10)
        mistakes = {
            LARGEST: lambda down=down: down,
            "shares are whole parameters, of which none is cut in two": (
                lambda stage=stage: OneOf({1: (6820, 6821), 2: (3209, 3210), 3: (1404, 1405)}[stage])
            ),
        }
        expect(got, exact, "of 1,003 parameters, the largest share of 10 is 101", mistakes)
    huge = 57_142_857_142_857_142_857_142_868
    expect(student.sharding.gpu_bytes(10**25 + 1, MIXED, 1, 7), huge, "exact, however large", inexact(huge))
    for stage in (4, -1):
        with expect_raises((ValueError, KeyError), naming=str(stage), hint="there are stages 0, 1, 2 and 3"):
            student.sharding.gpu_bytes(1003, WIDE, stage, 10)


@points(0.5, task="4.9")
def test_a_ring_sends_all_pieces_but_one(student: Student) -> None:
    """8 parameters on 4 GPUs, 1,003 on 10, and any number on one."""
    for stage, exact in ((0, 24), (1, 24), (2, 24), (3, 36)):
        expect(
            student.sharding.sent_bytes(8, MIXED, stage, 4),
            exact,
            "each reduce-scatter and each all-gather sends 3 pieces of 2 parameters",
            {
                ALL_NUMBERS: lambda exact=exact: exact * 4 // 3,
                "an all-reduce is a reduce-scatter and an all-gather; both send": lambda exact=exact: exact // 2,
                "stage 3 gathers weights twice, and adds up gradients": lambda: 24,
            },
        )
    for stage, exact in ((0, 7272), (1, 5454), (2, 5454), (3, 7272)):
        expect(
            student.sharding.sent_bytes(1003, WIDE, stage, 10),
            exact,
            "gradients take 4 bytes here and weights 2; the largest piece has 101 parameters",
            {
                "in stages 1 and 2, sums of gradients stay where they are; weights go to all": lambda: 7272,
                "padding is sent, too": lambda exact=exact: exact * 1003 // 1010,
                "the weights that are gathered have the recipe's bytes of weights": lambda: 10_908,
            },
        )
        got = student.sharding.sent_bytes(1003, WIDE, stage, 1)
        expect(got, 0, "one GPU has nobody to send to")
    huge = 68_571_428_571_428_571_428_571_456
    expect(student.sharding.sent_bytes(10**25 + 1, WIDE, 3, 7), huge, "exact, however large", inexact(huge))
    with expect_raises((ValueError, KeyError), naming="4", hint="there are stages 0, 1, 2 and 3"):
        student.sharding.sent_bytes(1003, WIDE, 4, 10)


@points(0.5, task="4.9")
def test_tokens_that_hide_what_is_sent(student: Student) -> None:
    """Over 50 GB/s, at 400 TFLOP/s, stage 3 hides behind 7,875 tokens for each of 64 GPUs."""
    for stage, gpus, tokens, wrong in (
        (3, 64, 7875, 7874),
        (1, 64, 5250, 5249),
        (1, 2, 2667, 2666),
        (0, 1, 0, -1),
    ):
        expect(
            student.sharding.tokens_to_hide(ZERO, MIXED, stage, gpus, 400 * 10**12, 50 * 10**9),
            tokens,
            "6 FLOPs for each parameter and token at flops_per_s, against bytes sent at bytes_per_s",
            {
                "it was rounded down": lambda wrong=wrong: wrong,
                EQUAL: lambda tokens=tokens: tokens + 1,
                "a step takes 6 FLOPs for each parameter and token, with the backward pass": (
                    lambda tokens=tokens: 3 * tokens
                ),
                "stage 3 gathers weights twice, and adds up gradients": lambda: 5250,
            },
        )
    huge = 2_666_666_666_666_666_666_667
    got = student.sharding.tokens_to_hide(10**25 + 1, WIDE, 3, 10**25, 10**30, 10**9)
    expect(got, huge, "exact, however large", inexact(huge))


@points(0.5, task="4.9")
def test_the_fewest_gpus(student: Student) -> None:
    """7.5 billion parameters on GPUs of 40 GB, 10 of which activations take."""
    for stage, gb, activations, gpus, mistakes in (
        (3, 40, 10**10, 4, {3: "activations were left out; each GPU has its own"}),
        (3, 41, 10**10, 4, {}),
        (
            2,
            40,
            10**10,
            8,
            {
                4: "what is not split must fit on each GPU",
                7: "with 7 GPUs, the one that stores most needs 8 bytes more than it has",
            },
        ),
        (1, 40, 10**10, None, {4: "what is not split must fit on each GPU"}),
        (0, 40, 10**10, None, {4: "in stage 0, nothing is split"}),
        (0, 130, 10**10, 1, {}),
        (0, 130, 10**10 + 1, None, {1: "one byte is missing"}),
        (3, 10, 10**10, None, {}),
        (3, 200, 10**10, 1, {0: "a training takes a GPU at least"}),
    ):
        wrong = {sentence: lambda answer=answer: answer for answer, sentence in mistakes.items()}
        expect(
            student.sharding.least_gpus(ZERO, MIXED, stage, gb, activations),
            gpus,
            "what is not split, and activations, are on each GPU; the rest of its memory holds its share",
            wrong,
        )
    light = {"weights": 2, "gradients": 2, "states": 0}
    for gb, gpus in ((30, 1), (29, None)):
        got = student.sharding.least_gpus(ZERO, light, 1, gb, 0)
        expect(got, gpus, "without states, stage 1 has nothing to split")
    for parameters, stage, gb, gpus in ((10**25 + 1, 3, 10**12, 160_001), (10**25 + 1, 2, 30_000 * 10**12, 15)):
        got = student.sharding.least_gpus(parameters, MIXED, stage, gb, 1)
        expect(got, gpus, "exact, however large", {FLOATS: lambda gpus=gpus: gpus - 1})


@points(0.25, task="4.9")
def test_what_layers_keep(student: Student) -> None:
    """GPT-2 small on 1,024 tokens, and a small model whose attention is wider than the model."""
    for config, batch, seq, itemsize, answers in (
        (GPT2, 1, 1024, 2, (603_979_776, 327_155_712, 67_633_152)),
        (SMALL, 2, 7, 1, (12_432, 11_648, 4704)),
        (
            HUGE,
            3,
            10**9 + 1,
            2,
            (
                6_060_000_084_228_000_078_168_000,
                66_000_072_240_000_072_174_000,
                12_054_000_132_180_000_120_126,
            ),
        ),
    ):
        layers, square = config["layers"], itemsize * batch * config["heads"] * seq**2
        inputs = layers * itemsize * batch * seq * config["d_model"]
        named = {
            "none": {
                "attention was taken to be d_model wide": 10_416,
                "one layer was counted": answers[0] // layers,
            },
            "attention": {
                "the attention of one layer at a time is there while it is made anew": answers[1] - square,
                "attention's weights are what is not kept": answers[0],
            },
            "layer": {
                "one layer at a time is there as a whole while it is made anew": inputs,
                "x of the layer that is made anew is kept already": answers[2] + inputs // layers,
            },
        }
        for checkpointing, exact in zip(named, answers, strict=True):
            wrong = {sentence: lambda answer=answer: answer for sentence, answer in named[checkpointing].items()}
            expect(
                student.sharding.kept_bytes(config, batch, seq, itemsize, checkpointing),
                exact,
                "a tensor that two operations need is kept once; attention's weights are a square for each head",
                wrong | inexact(exact),
            )
    for name in ("all", "Layer"):
        hint = 'there are "none", "attention" and "layer"'
        with expect_raises((ValueError, KeyError), naming=name, hint=hint):
            student.sharding.kept_bytes(SMALL, 2, 7, 1, name)


@points(0.5, task="4.9")
def test_what_checkpointing_costs(student: Student) -> None:
    """FLOPs that are done once more, what costs least, and when attention's weights take over."""
    for config, batch, seq, answers in (
        (GPT2, 1, 1024, (0, 38_654_705_664, 212_600_881_152)),
        (SMALL, 2, 7, (0, 37_632, 353_472)),
    ):
        for checkpointing, exact in zip(("none", "attention", "layer"), answers, strict=True):
            expect(
                student.sharding.recomputed_flops(config, batch, seq, checkpointing),
                exact,
                "with attention: scores and mix; with layer: all products of the layer's forward pass",
                {
                    "scores alone were counted; the mix is done once more, too": (
                        lambda exact=exact, answers=answers: exact - answers[1] // 2 if exact else 0
                    ),
                    "a layer that is made anew does scores and mix, too": (
                        lambda exact=exact, answers=answers: exact - answers[1] if exact > answers[1] else exact
                    ),
                    "one layer was counted": lambda exact=exact, config=config: exact // config["layers"],
                    "forward is done once more, not backward": lambda exact=exact: 3 * exact,
                },
            )
    for room, name in (
        (603_979_776, "none"),
        (603_979_775, "attention"),
        (327_155_712, "attention"),
        (327_155_711, "layer"),
        (67_633_152, "layer"),
        (67_633_151, None),
    ):
        got = student.sharding.least_checkpointing(GPT2, 1, 1024, 2, room)
        hint = "of those that fit, the one that recomputes least: none, then attention, then layer"
        whole = "one layer at a time is there as a whole while it is made anew"
        expect(got, name, hint, {SEVERAL if name else whole: lambda: "layer"})
    for config, seq in ((GPT2, 1025), (SMALL, 68), (HUGE | {"d_ff": 10**25}, 20_000_000_000_000_008_000_013)):
        expect(
            student.sharding.weights_take_over(config),
            seq,
            "for each token, attention's weights grow with the length, and the rest does not",
            {"where both take as much, the weights take no more yet": lambda seq=seq: seq - 1} | inexact(seq),
        )


@points(0.25, task="4.9")
def test_recorded_answers_4_9(student: Student) -> None:
    """Small inputs, the shortest first, with the answers that known mistakes give."""
    recorded.compare(student, "4.9")
