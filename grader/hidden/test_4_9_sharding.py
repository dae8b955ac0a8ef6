"""Task 4.9, hidden checks: any training on any number of GPUs."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import example, given
from hypothesis import strategies as st

from grader.oracle import ring
from grader.reference import sharding as reference
from tests.harness import Student, expect, expect_raises, points
from tests.mistakes import OneOf, inexact, whole

CHECKPOINTING = ["none", "attention", "layer"]
NAMES = ["", "full", "selective", "NONE", "layers", " attention", "attention_"]
MEDIUM = {"layers": 24, "d_model": 1024, "heads": 16, "head_dim": 64, "d_ff": 4096}

sizes = whole(12)
stages = st.integers(0, 3)
wrong_stages = st.sampled_from([-1, 5, 17, 1000])
recipes = st.fixed_dictionaries({name: st.integers(1, 12) for name in ("weights", "gradients")}).flatmap(
    lambda recipe: st.integers(0, 16).map(lambda states: recipe | {"states": states})
)
configs = st.fixed_dictionaries(
    {"layers": st.integers(1, 200), "d_model": sizes, "heads": sizes, "head_dim": sizes, "d_ff": sizes}
)
few = st.integers(1, 12)


def _fixed(answers: dict[str, object]) -> dict[str, Callable[[], object]]:
    """What known mistakes answer, as `expect` takes it; `...` is the answer of none."""
    return {sentence: lambda answer=answer: answer for sentence, answer in answers.items()}  # type: ignore[misc]


@points(0.5, task="4.9")
@given(parameters=whole(), recipe=recipes, stage=stages, gpus=whole(6), few=st.tuples(few, few), no=wrong_stages)
@example(parameters=13, recipe={"weights": 3, "gradients": 5, "states": 7}, stage=2, gpus=4, few=(5, 3), no=-1)
def test_memory_of_any_stage(
    student: Student,
    parameters: int,
    recipe: dict[str, int],
    stage: int,
    gpus: int,
    few: tuple[int, int],
    no: int,
) -> None:
    """Shares of any training, exact, however large; small ones are handed out by a ring."""
    exact = reference.gpu_bytes(parameters, recipe, stage, gpus)
    split = sum(recipe[part] for part in ("states", "gradients", "weights")[:stage])
    rounded = split * (-(-parameters // gpus) - parameters // gpus)
    cut = (sum(recipe.values()) - split) * parameters + split * parameters // gpus
    expect(
        student.sharding.gpu_bytes(parameters, recipe, stage, gpus),
        exact,
        "states are split from stage 1 on, gradients from stage 2 on, weights in stage 3",
        {
            "where parameters can't be split equally, count the GPU that stores most": lambda: exact - rounded,
            "shares are whole parameters, of which none is cut in two": lambda: OneOf([cut, cut + 1]),
            "what is split was counted as a whole": lambda: sum(recipe.values()) * parameters,
        }
        | inexact(exact),
    )
    stored, _ = ring.step(few[0], recipe, stage, few[1])
    got = student.sharding.gpu_bytes(few[0], recipe, stage, few[1])
    expect(got, stored, "shares are whole parameters; the largest one counts")
    with expect_raises((ValueError, KeyError), naming=str(no), hint="there are stages 0, 1, 2 and 3"):
        student.sharding.gpu_bytes(parameters, recipe, no, gpus)


@points(0.5, task="4.9")
@given(parameters=whole(), recipe=recipes, stage=stages, gpus=whole(6), few=st.tuples(few, few), no=wrong_stages)
@example(parameters=13, recipe={"weights": 3, "gradients": 5, "states": 7}, stage=3, gpus=1, few=(12, 5), no=-1)
def test_bytes_sent_in_any_stage(
    student: Student,
    parameters: int,
    recipe: dict[str, int],
    stage: int,
    gpus: int,
    few: tuple[int, int],
    no: int,
) -> None:
    """Reduce-scatter and all-gather of any training; small ones are passed on number by number."""
    exact = reference.sent_bytes(parameters, recipe, stage, gpus)
    share = -(-parameters // gpus)
    expect(
        student.sharding.sent_bytes(parameters, recipe, stage, gpus),
        exact,
        "each reduce-scatter and each all-gather sends all pieces but one",
        {
            "in a ring, a GPU sends all pieces but one: n - 1 of them": (
                lambda: exact // (gpus - 1) * gpus if gpus > 1 else ...
            ),
            "in stages 1 and 2, sums of gradients stay where they are; weights go to all": (
                lambda: 2 * (gpus - 1) * share * recipe["gradients"]
            ),
            "stage 3 gathers weights twice, and adds up gradients": (
                lambda: (gpus - 1) * share * (recipe["gradients"] + recipe["weights"])
            ),
            "padding is sent, too": lambda: exact * parameters // (share * gpus),
        }
        | inexact(exact),
    )
    _, sent = ring.step(few[0], recipe, stage, few[1])
    got = student.sharding.sent_bytes(few[0], recipe, stage, few[1])
    expect(got, sent, "the vector is padded at its end, and padding is sent, too")
    with expect_raises((ValueError, KeyError), naming=str(no), hint="there are stages 0, 1, 2 and 3"):
        student.sharding.sent_bytes(parameters, recipe, no, gpus)


@points(0.5, task="4.9")
@given(
    parameters=whole(),
    recipe=recipes,
    stage=stages,
    gpus=whole(6),
    flops_per_s=whole(30),
    bytes_per_s=whole(12),
)
@example(
    parameters=600,
    recipe={"weights": 2, "gradients": 4, "states": 8},
    stage=0,
    gpus=3,
    flops_per_s=90,
    bytes_per_s=10,
)
@example(
    parameters=600,
    recipe={"weights": 2, "gradients": 4, "states": 8},
    stage=3,
    gpus=1,
    flops_per_s=90,
    bytes_per_s=10,
)
def test_tokens_that_hide_any_sending(
    student: Student,
    parameters: int,
    recipe: dict[str, int],
    stage: int,
    gpus: int,
    flops_per_s: int,
    bytes_per_s: int,
) -> None:
    """The least number, exactly; with one token less, sending takes longer."""
    exact = reference.tokens_to_hide(parameters, recipe, stage, gpus, flops_per_s, bytes_per_s)
    sent, work = reference.sent_bytes(parameters, recipe, stage, gpus), 6 * parameters * bytes_per_s
    expect(
        student.sharding.tokens_to_hide(parameters, recipe, stage, gpus, flops_per_s, bytes_per_s),
        exact,
        "6 FLOPs for each parameter and token at flops_per_s, against bytes sent at bytes_per_s; round up",
        {
            "it was rounded down": lambda: sent * flops_per_s // work,
            "both may take equally long; compare in integers, since floats are not exact": (
                lambda: sent * flops_per_s // work + 1
            ),
            "a step takes 6 FLOPs for each parameter and token, with the backward pass": lambda: (
                -(
                    -reference.sent_bytes(parameters, recipe, stage, gpus)
                    * flops_per_s
                    // (2 * parameters * bytes_per_s)
                )
            ),
        }
        | inexact(exact),
    )


@points(0.5, task="4.9")
@given(
    parameters=whole(16),
    recipe=recipes,
    stage=stages,
    gpus=st.integers(1, 5000),
    activations=whole(12),
    off=st.sampled_from([-1, 0, 1]),
)
@example(
    parameters=10**9, recipe={"weights": 2, "gradients": 2, "states": 0}, stage=1, gpus=9, activations=1, off=1
)
@example(
    parameters=10**9, recipe={"weights": 2, "gradients": 2, "states": 4}, stage=0, gpus=9, activations=9, off=-1
)
@example(
    parameters=10**9, recipe={"weights": 2, "gradients": 2, "states": 4}, stage=3, gpus=8, activations=0, off=0
)
@example(
    parameters=10**10, recipe={"weights": 1, "gradients": 1, "states": 1}, stage=1, gpus=9, activations=0, off=0
)
@example(
    parameters=83333333333333333 * 7,
    recipe={"weights": 0, "gradients": 0, "states": 12},
    stage=1,
    gpus=7,
    activations=0,
    off=1,
)
def test_the_fewest_gpus_for_any_training(
    student: Student, parameters: int, recipe: dict[str, int], stage: int, gpus: int, activations: int, off: int
) -> None:
    """Memories that just hold a training on some number of GPUs, or just don't."""
    stored = reference.gpu_bytes(parameters, recipe, stage, gpus)
    gb = max((stored + activations) // 10**9 + off, 1)
    for free in {activations, max(gb * 10**9 - stored, 0), max(gb * 10**9 - stored + 1, 0)}:
        least = reference.least_gpus(parameters, recipe, stage, gb, free)
        expect(
            student.sharding.least_gpus(parameters, recipe, stage, gb, free),
            least,
            "what is not split, and activations, are on each GPU; the rest of its memory holds its share",
            _fixed(
                {
                    "what is not split must fit on each GPU, with the activations": (
                        -(-sum(recipe.values()) * parameters // (gb * 10**9 - free)) if gb * 10**9 > free else ...
                    ),
                    "activations were left out; each GPU has its own": reference.least_gpus(
                        parameters, recipe, stage, gb, 0
                    ),
                }
            ),
        )


@points(0.5, task="4.9")
@given(
    config=configs,
    batch=whole(6),
    seq=whole(12),
    itemsize=st.sampled_from([1, 2, 4]),
    no=st.sampled_from(NAMES),
)
@example(config=MEDIUM, batch=8, seq=2048, itemsize=2, no="full")
@example(config=MEDIUM | {"layers": 1}, batch=1, seq=1, itemsize=4, no="")
def test_what_any_layers_keep(
    student: Student, config: dict[str, int], batch: int, seq: int, itemsize: int, no: str
) -> None:
    """With each checkpointing; one layer at a time is made anew."""
    square = itemsize * batch * config["heads"] * seq**2
    inputs = config["layers"] * itemsize * batch * seq * config["d_model"]
    for checkpointing in CHECKPOINTING:
        exact = reference.kept_bytes(config, batch, seq, itemsize, checkpointing)
        expect(
            student.sharding.kept_bytes(config, batch, seq, itemsize, checkpointing),
            exact,
            "count what each operation keeps, a tensor that two need once; one layer at a time is made anew",
            _fixed(
                {
                    "the attention of one layer at a time is there while it is made anew": (
                        exact - square if checkpointing == "attention" else ...
                    ),
                    "one layer at a time is there as a whole while it is made anew": inputs,
                    "x of the layer that is made anew is kept already": exact + inputs // config["layers"],
                    "attention was taken to be d_model wide": reference.kept_bytes(
                        config | {"heads": 1, "head_dim": config["d_model"]}, batch, seq, itemsize, checkpointing
                    ),
                }
            )
            | inexact(exact),
        )
    with expect_raises((ValueError, KeyError), naming=no, hint='there are "none", "attention" and "layer"'):
        student.sharding.kept_bytes(config, batch, seq, itemsize, no)


@points(0.5, task="4.9")
@given(
    config=configs,
    batch=whole(6),
    seq=whole(12),
    room=st.tuples(st.sampled_from(CHECKPOINTING), st.sampled_from([-1, 0, 1])),
    no=st.sampled_from(NAMES),
)
@example(config=MEDIUM, batch=8, seq=2048, room=("layer", -1), no="full")
@example(config=MEDIUM | {"layers": 1}, batch=1, seq=7, room=("layer", 0), no="full")
def test_what_any_checkpointing_costs(
    student: Student, config: dict[str, int], batch: int, seq: int, room: tuple[str, int], no: str
) -> None:
    """FLOPs done once more, what just fits and costs least, and when attention's weights take over."""
    square, layer = (reference.recomputed_flops(config, batch, seq, name) for name in CHECKPOINTING[1:])
    for checkpointing, exact in zip(CHECKPOINTING, (0, square, layer), strict=True):
        expect(
            student.sharding.recomputed_flops(config, batch, seq, checkpointing),
            exact,
            "with attention: scores and mix; with layer: all products of the layer's forward pass",
            _fixed(
                {
                    "scores alone were counted; the mix is done once more, too": exact // 2,
                    "a layer that is made anew does scores and mix, too": layer - square,
                    "one layer was counted": exact // config["layers"],
                }
            )
            | inexact(exact),
        )
    with expect_raises((ValueError, KeyError), naming=no, hint='there are "none", "attention" and "layer"'):
        student.sharding.recomputed_flops(config, batch, seq, no)
    free = reference.kept_bytes(config, batch, seq, 2, room[0]) + room[1]
    least = reference.least_checkpointing(config, batch, seq, 2, free)
    got = student.sharding.least_checkpointing(config, batch, seq, 2, free)
    hint = "of those that fit, the one that recomputes least: none, then attention, then layer"
    expect(
        got, least, hint, {"where several fit, take the one that costs least": lambda: "layer" if least else ...}
    )
    length = reference.weights_take_over(config)
    expect(
        student.sharding.weights_take_over(config),
        length,
        "for each token, attention's weights grow with the length, and the rest does not",
        {"where both take as much, the weights take no more yet": lambda: _at_a_tie(config)} | inexact(length),
    )


def _at_a_tie(config: dict[str, int]) -> int:
    """The least length at which attention's weights are half of what a layer keeps, or more."""
    rest = reference.kept_bytes(config | {"layers": 1}, 1, 1, 1, "none") - config["heads"]
    return -(-rest // config["heads"])
