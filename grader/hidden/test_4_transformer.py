"""Task 4.4, hidden checks: transformers of any shape."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from grader.oracle import counting
from grader.reference import transformer as reference
from tests.harness import Student, expect, expect_raises, points
from tests.mistakes import OneOf, inexact, whole

sizes = whole()
shape = {
    "vocab": sizes,
    "layers": st.integers(0, 200) | whole(),
    "d_model": sizes,
    "heads": sizes,
    "head_dim": sizes,
    "d_ff": sizes,
}


@points(0.5, task="4.4")
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


@points(0.5, task="4.4")
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


PARTS = ("projections", "attention", "feed_forward", "output")
rest = {name: drawn for name, drawn in shape.items() if name != "layers"}
few = {name: whole(5) for name in rest}
"""Sizes so small that each part has its turn."""


@points(0.5, task="4.4")
@given(config=st.fixed_dictionaries({"seq": whole(6), "layers": st.integers(1, 200), **few}))
@example(config={"seq": 1, "vocab": 2, "layers": 1, "d_model": 2, "heads": 2, "head_dim": 2, "d_ff": 6})
@example(config={"seq": 4, "vocab": 2, "layers": 1, "d_model": 2, "heads": 1, "head_dim": 2, "d_ff": 4})
@example(config={"seq": 4, "vocab": 8, "layers": 1, "d_model": 2, "heads": 1, "head_dim": 2, "d_ff": 4})
@example(config={"seq": 1, "vocab": 5, "layers": 2, "d_model": 3, "heads": 2, "head_dim": 2, "d_ff": 8})
@example(config={"seq": 100, "vocab": 200, "layers": 1, "d_model": 4, "heads": 1, "head_dim": 4, "d_ff": 1})
@example(config={"seq": 1, "vocab": 8, "layers": 1, "d_model": 1, "heads": 1, "head_dim": 1, "d_ff": 4})
@example(
    config={
        "seq": 2,
        "vocab": 2 * 10**17 + 1,
        "layers": 1,
        "d_model": 1,
        "heads": 1,
        "head_dim": 1,
        "d_ff": 10**17,
    }
)
@example(config={"seq": 9, "vocab": 90, "layers": 1, "d_model": 9, "heads": 1, "head_dim": 9, "d_ff": 18})
def test_the_costliest_part_of_any_transformer(student: Student, config: dict[str, int]) -> None:
    """The part that takes most, at any length; of equal ones the first."""
    flops = reference.transformer_flops(1, **config)
    costs = [flops["projections"], flops["scores"] + flops["mix"], flops["feed_forward"], flops["output"]]
    expect(
        student.transformer.costliest_part(**config),
        PARTS[costs.index(max(costs))],
        f"they take {', '.join(f'{part} {cost:,}' for part, cost in zip(PARTS, costs, strict=True))}",
        {
            "scores and mix are one part here: add them up": lambda: _most([costs[0], costs[1] // 2, *costs[2:]]),
            "the output layer was left out": lambda: _most([*costs[:3], 0]),
            "of parts that cost the same, the first one counts": lambda: OneOf(
                part
                for part, cost in list(zip(PARTS, costs, strict=True))[costs.index(max(costs)) + 1 :]
                if cost == max(costs)
            ),
            "attention was taken to be d_model wide": lambda: reference.costliest_part(
                **config | {"heads": 1, "head_dim": config["d_model"]}
            ),
            "the feed-forward network has two products, and one was counted": (
                lambda: _most([*costs[:2], costs[2] // 2, costs[3]])
            ),
        },
    )


def _most(costs: list[int]) -> str:
    return PARTS[costs.index(max(costs))]


@points(0.5, task="4.4")
@given(
    config=st.fixed_dictionaries({"context": sizes, **rest}), layers=st.integers(0, 200), off=st.integers(-1, 1)
)
def test_layers_for_any_number_of_parameters(
    student: Student, config: dict[str, int], layers: int, off: int
) -> None:
    """The number of parameters of a model with so many layers, one less, and one more."""
    none, one = (reference.transformer_parameters(layers=n, **config)["total"] for n in (0, 1))
    budget = none + layers * (one - none) + off
    if budget < none:
        with expect_raises(ValueError, naming=str(budget), hint="not even what stands outside the layers fits"):
            student.transformer.most_layers(parameters=budget, **config)
        return
    expect(
        student.transformer.most_layers(parameters=budget, **config),
        layers - (off < 0),
        "what stands outside the layers is needed anyway; the rest is divided by what one layer has",
        {
            "it was rounded up; that layer does not fit": lambda: layers + (off > 0),
            "the embeddings were left out": lambda: (budget - 2 * config["d_model"]) // (one - none),
            "the model may have exactly so many parameters": lambda: (budget - none - 1) // (one - none),
            "the norms of a layer were left out": lambda: (budget - none) // (one - none - 4 * config["d_model"]),
            "the LayerNorm behind the last block was left out": lambda: (
                (budget - none + 2 * config["d_model"]) // (one - none)
            ),
        }
        | inexact(layers),
    )
