"""Task 4.4, hidden checks: transformers of any shape."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grader.oracle import counting
from grader.reference import transformer as reference
from tests.harness import Student, expect, points
from tests.mistakes import inexact, whole

sizes = whole()
shape = {
    "vocab": sizes,
    "layers": st.integers(0, 200) | whole(),
    "d_model": sizes,
    "heads": sizes,
    "head_dim": sizes,
    "d_ff": sizes,
}


@points(1, task="4.4")
@given(config=st.fixed_dictionaries({"context": sizes, **shape}))
def test_parameters_of_any_transformer(student: Student, config: dict[str, int]) -> None:
    """By component, also where attention is not as wide as the model."""
    exact = reference.transformer_parameters(**config)
    expect(
        student.transformer.transformer_parameters(**config),
        exact,
        "attention is heads * head_dim wide; count weights and biases of four projections, two layers, two norms",
        {
            "attention was taken to be d_model wide": (
                lambda: reference.transformer_parameters(**config | {"heads": 1, "head_dim": config["d_model"]})
            ),
            "the projection after attention was taken to be square": (
                lambda: _less(exact, "attention", config["layers"] * config["d_model"] * _excess(config))
            ),
            "the biases were left out": lambda: _without_biases(exact, config),
            "the LayerNorm behind the last block was left out": (
                lambda: _less(exact, "norms", 2 * config["d_model"])
            ),
            "the embedding of positions was left out": (
                lambda: reference.transformer_parameters(**config | {"context": 0})
            ),
        }
        | inexact(exact),
    )


def _excess(config: dict[str, int]) -> int:
    """By how much attention is wider than the model."""
    return config["heads"] * config["head_dim"] - config["d_model"]


def _less(parts: dict[str, int], name: str, number: int) -> dict[str, int]:
    """The parts with so many parameters less in one of them, and in the total."""
    return parts | {name: parts[name] - number, "total": parts["total"] - number}


def _without_biases(parts: dict[str, int], config: dict[str, int]) -> dict[str, int]:
    layers, d_model, width = config["layers"], config["d_model"], config["heads"] * config["head_dim"]
    weights = _less(parts, "attention", layers * (3 * width + d_model))
    return _less(weights, "feed_forward", layers * (config["d_ff"] + d_model))


@points(1, task="4.4")
@given(config=st.fixed_dictionaries({"batch": sizes, "seq": sizes, **shape}))
def test_flops_of_any_transformer(student: Student, config: dict[str, int]) -> None:
    """By component; and a tiny one against operations counted one at a time."""
    exact = reference.transformer_flops(**config)
    more = 2 * config["batch"] * config["seq"] * config["layers"] * config["d_model"] * _excess(config)
    expect(
        student.transformer.transformer_flops(**config),
        exact,
        "scores and mix cost seq squared for each sequence of the batch",
        {
            "the projection after attention was taken to be square": lambda: (
                exact
                | {
                    "projections": exact["projections"] - more,
                    "forward": exact["forward"] - more,
                    "backward": 2 * (exact["forward"] - more),
                }
            ),
            "the tokens of all sequences were taken for one long sequence": (
                lambda: reference.transformer_flops(
                    **config | {"batch": 1, "seq": config["batch"] * config["seq"]}
                )
            ),
            "attention was taken to be d_model wide": (
                lambda: reference.transformer_flops(**config | {"heads": 1, "head_dim": config["d_model"]})
            ),
        }
        | inexact(exact),
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
