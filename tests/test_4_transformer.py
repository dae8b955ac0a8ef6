"""Task 4.4, public checks: parameters and FLOPs of a transformer."""

from __future__ import annotations

from tests.harness import Student, expect, expect_raises, points
from tests.mistakes import inexact

GPT2_SMALL = {"vocab": 50257, "layers": 12, "d_model": 768, "heads": 12, "head_dim": 64, "d_ff": 3072}
WIDE = {"vocab": 50, "layers": 3, "d_model": 20, "heads": 4, "head_dim": 8, "d_ff": 30}
"""Its attention is 32 wide, and the model 20."""

HUGE = {
    "vocab": 10**9,
    "layers": 10**3,
    "d_model": 10**9 + 7,
    "heads": 10**3,
    "head_dim": 10**6 + 3,
    "d_ff": 10**9,
}


@points(0.75, task="4.4")
def test_gpt_2_small_has_124_439_808_parameters(student: Student) -> None:
    """GPT-2 small's parameters by component."""
    exact = {
        "embedding": 39_383_808,
        "attention": 28_348_416,
        "feed_forward": 56_669_184,
        "norms": 38_400,
        "total": 124_439_808,
    }
    untied = 50257 * 768
    expect(
        student.transformer.transformer_parameters(context=1024, **GPT2_SMALL),
        exact,
        "12 blocks; every linear layer has a bias, every LayerNorm a weight and a bias; the output layer is tied",
        {
            "the output layer was counted as parameters of its own; it is tied": (
                lambda: exact | {"total": exact["total"] + untied}
            ),
            "the biases were left out": lambda: (
                exact | {"attention": 28_311_552, "feed_forward": 56_623_104, "total": 124_356_864}
            ),
            "the LayerNorm behind the last block was left out": (
                lambda: exact | {"norms": 36_864, "total": 124_438_272}
            ),
            "the embedding of positions was left out": (
                lambda: exact | {"embedding": 38_597_376, "total": 123_653_376}
            ),
        },
    )
    wide = {"embedding": 1140, "attention": 8028, "feed_forward": 3750, "norms": 280, "total": 13_198}
    expect(
        student.transformer.transformer_parameters(context=7, **WIDE),
        wide,
        "attention is heads * head_dim wide, here 32, and the model is 20",
        {
            "attention was taken to be d_model wide": lambda: wide | {"attention": 5040, "total": 10_210},
            "the projection after attention was taken to be square": (
                lambda: wide | {"attention": 7308, "total": 12_478}
            ),
            "the biases were left out": lambda: wide | {"attention": 7680, "feed_forward": 3600, "total": 12_700},
            "the LayerNorm behind the last block was left out": lambda: wide | {"norms": 240, "total": 13_158},
            "the embedding of positions was left out": lambda: wide | {"embedding": 1000, "total": 13_058},
        },
    )
    huge = {
        "embedding": 1_000_000_016_000_000_063,
        "attention": 4_000_012_032_000_093_007_000,
        "feed_forward": 2_000_000_016_000_000_007_000,
        "norms": 4_002_000_028_014,
        "total": 6_001_012_052_018_093_042_077,
    }
    got = student.transformer.transformer_parameters(context=9, **HUGE)
    expect(got, huge, "exact, however large", inexact(huge))


@points(0.5, task="4.4")
def test_gpt_2_smalls_flops(student: Student) -> None:
    """GPT-2 small's forward pass over 1,024 tokens takes 291,648,307,200 FLOPs."""
    forward = 291_648_307_200
    expect(
        student.transformer.transformer_flops(batch=1, seq=1024, **GPT2_SMALL).get("forward"),
        forward,
        "the products of each block, and the output layer's",
        {
            "a multiply-add is 2 FLOPs, and was counted as 1": lambda: forward // 2,
            "attention's own products were left out": lambda: forward - 4 * 12 * 1024**2 * 768,
            "the output layer was left out": lambda: forward - 2 * 1024 * 768 * 50257,
            "half of attention's square was left out; count it whole": lambda: forward - 2 * 12 * 1024**2 * 768,
        },
        "['forward'] is {}",
    )
    expect(
        student.transformer.transformer_flops(batch=2, seq=7, **WIDE).get("forward"),
        381_472,
        "2 sequences of 7 tokens, which don't see each other; attention is 32 wide, the model 20",
        {
            "the tokens of all sequences were taken for one long sequence": lambda: 419_104,
            "attention was taken to be d_model wide": lambda: 286_720,
            "the projection after attention was taken to be square": lambda: 361_312,
        },
        "['forward'] is {}",
    )
    huge = {
        "projections": 48_000_144_336_001_008 * 10**15,
        "scores": 36_000_108 * 10**24,
        "mix": 36_000_108 * 10**24,
        "feed_forward": 24_000_000_168 * 10**21,
        "output": 12_000_000_084 * 10**18,
        "forward": 144_012_360_504_085_008 * 10**15,
        "backward": 288_024_721_008_170_016 * 10**15,
    }
    got = student.transformer.transformer_flops(batch=2, seq=3 * 10**9, **HUGE)
    expect(got, huge, "exact, however large", inexact(huge))


ROUNDED_UP = "it was rounded up; that layer does not fit"
NO_NORMS = "the norms of a layer were left out"


@points(0.75, task="4.4")
def test_what_costs_most_at_which_length(student: Student) -> None:
    """In GPT-2 small the feed-forward networks below 3,072 tokens, then attention's products."""
    parts = {"projections", "attention", "feed_forward", "output"}
    for seq, config, most, mistakes in (
        (1024, GPT2_SMALL, "feed_forward", {}),
        (3071, GPT2_SMALL, "feed_forward", {}),
        (3072, GPT2_SMALL, "attention", {"of parts that cost the same, the first one counts": "feed_forward"}),
        (3073, GPT2_SMALL, "attention", {"scores and mix are one part here: add them up": "feed_forward"}),
        (512, GPT2_SMALL | {"layers": 3}, "output", {"the output layer was left out": "feed_forward"}),
        (4, WIDE | {"vocab": 2}, "projections", {"attention was taken to be d_model wide": "feed_forward"}),
        (10**30, WIDE, "attention", {}),
    ):
        got = student.transformer.costliest_part(seq=seq, **config)
        wrong = {words: lambda answer=answer: answer for words, answer in mistakes.items()}
        hint = (
            "compare the FLOPs of the four parts of a forward pass" if got in parts else f"one of {sorted(parts)}"
        )
        expect(got, most, hint, wrong)
    for parameters, layers, wrong in (
        (10**12, 141_080, {ROUNDED_UP: 141_081, NO_NORMS: 141_141, "the embeddings were left out": 141_086}),
        (10**9, 135, {ROUNDED_UP: 136, "the embeddings were left out": 141}),
        (124_439_808, 12, {"the model may have exactly so many parameters": 11}),
        (124_439_807, 11, {ROUNDED_UP: 12, NO_NORMS: 12, "the LayerNorm behind the last block was left out": 12}),
        (39_385_344, 0, {}),
    ):
        config = {name: size for name, size in GPT2_SMALL.items() if name != "layers"}
        expect(
            student.transformer.most_layers(parameters=parameters, context=1024, **config),
            layers,
            "what stands outside the layers is needed anyway; the rest is divided by what one layer has",
            {words: lambda answer=answer: answer for words, answer in wrong.items()},
        )
    few = 39_385_343
    with expect_raises(ValueError, naming=str(few), hint="not even the embeddings and the last norm fit"):
        student.transformer.most_layers(parameters=few, context=1024, **config)
