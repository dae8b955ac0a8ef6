"""Task 4.4, public checks: parameters and FLOPs of a transformer."""

from __future__ import annotations

from tests.harness import Student, expect, points

GPT2_SMALL = {"vocab": 50257, "layers": 12, "d_model": 768, "heads": 12, "head_dim": 64, "d_ff": 3072}


@points(1, task="4.4")
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
        },
    )


@points(1, task="4.4")
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
    )
