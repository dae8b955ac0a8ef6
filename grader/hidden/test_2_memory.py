"""Task 2.4, hidden checks: every recipe, optimizer and size."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grader.reference import memory as reference
from tests.harness import Student, expect, points

recipes = st.sampled_from(["fp32", "bf16", "mixed", "mixed_no_master"])
optimizers = st.sampled_from(["sgd", "adagrad", "adamw"])


@points(1, task="2.4")
@given(parameters=st.integers(0, 10**13), recipe=recipes, optimizer=optimizers)
def test_every_recipe_and_optimizer(student: Student, parameters: int, recipe: str, optimizer: str) -> None:
    """The handout's table, for any number of parameters."""
    expect(
        student.memory.training_bytes(parameters, recipe, optimizer),
        reference.training_bytes(parameters, recipe, optimizer),
        "multiply the table's row by the number of parameters; integers are exact",
        {
            "the number of states is the optimizer's: SGD 0, AdaGrad 1, AdamW 2": (
                lambda: reference.training_bytes(parameters, recipe, "adamw")
            )
        },
    )


@points(1, task="2.4")
@given(gpus=st.integers(1, 10**5), gb=st.integers(1, 300), recipe=recipes, optimizer=optimizers)
def test_the_largest_model_of_any_cluster(
    student: Student, gpus: int, gb: int, recipe: str, optimizer: str
) -> None:
    """Whole parameters, rounded down, with GB of 10**9 bytes."""
    each = sum(reference.training_bytes(1, recipe, optimizer).values())
    expect(
        student.memory.largest_model(gpus, gb, recipe, optimizer),
        gpus * gb * 10**9 // each,
        "round down: a part of a parameter does not fit",
        {"a GB was taken for a GiB; 1 GB is 10**9 bytes": lambda: gpus * gb * 2**30 // each},
    )
