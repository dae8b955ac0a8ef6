"""Task 4.4, hidden checks: transformers of any shape."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grader.oracle import counting
from grader.reference import transformer as reference
from tests.harness import Student, expect, points

sizes = st.integers(1, 5000)
shape = {
    "vocab": sizes,
    "layers": st.integers(0, 200),
    "d_model": sizes,
    "heads": sizes,
    "head_dim": sizes,
    "d_ff": sizes,
}


@points(1, task="4.4")
@given(config=st.fixed_dictionaries({"context": sizes, **shape}))
def test_parameters_of_any_transformer(student: Student, config: dict[str, int]) -> None:
    """By component, also where attention is not as wide as the model."""
    expect(
        student.transformer.transformer_parameters(**config),
        reference.transformer_parameters(**config),
        "attention is heads * head_dim wide; count weights and biases of four projections, two layers, two norms",
        {
            "attention was taken to be d_model wide": (
                lambda: reference.transformer_parameters(**config | {"heads": 1, "head_dim": config["d_model"]})
            ),
        },
    )


@points(1, task="4.4")
@given(config=st.fixed_dictionaries({"batch": sizes, "seq": sizes, **shape}))
def test_flops_of_any_transformer(student: Student, config: dict[str, int]) -> None:
    """By component; and a tiny one against operations counted one at a time."""
    expect(
        student.transformer.transformer_flops(**config),
        reference.transformer_flops(**config),
        "scores and mix cost seq squared for each sequence of the batch",
        {
            "the tokens of all sequences were taken for one long sequence": (
                lambda: reference.transformer_flops(
                    **config | {"batch": 1, "seq": config["batch"] * config["seq"]}
                )
            ),
            "attention was taken to be d_model wide": (
                lambda: reference.transformer_flops(**config | {"heads": 1, "head_dim": config["d_model"]})
            ),
        },
    )
    tiny = {name: value % 3 + 1 for name, value in config.items()}
    forward = student.transformer.transformer_flops(**tiny).get("forward")
    joined = tiny | {"batch": 1, "seq": tiny["batch"] * tiny["seq"]}
    expect(
        forward,
        counting.transformer(**tiny),
        "the sum over all products; sequences don't see each other",
        {"the tokens of all sequences were taken for one long sequence": lambda: counting.transformer(**joined)},
    )
