"""Task 4.7, hidden checks: decoders of any shape, and published counts."""

from __future__ import annotations

from functools import partial
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from grader.oracle import counting
from grader.reference import decoder as reference
from tests.harness import Student, expect, expect_raises, points
from tests.mistakes import inexact, whole

GEMMA_2B = {
    "vocab": 256_128,
    "layers": 18,
    "d_model": 2048,
    "heads": 8,
    "kv_heads": 1,
    "head_dim": 256,
    "d_ff": 16_384,
    "tied": True,
    "experts": 0,
    "active_experts": 0,
}
GEMMA_7B = GEMMA_2B | {"layers": 28, "d_model": 3072, "heads": 16, "kv_heads": 16, "d_ff": 24_576}
LLAMA_2_7B = {
    "vocab": 32_000,
    "layers": 32,
    "d_model": 4096,
    "heads": 32,
    "kv_heads": 32,
    "head_dim": 128,
    "d_ff": 11_008,
    "tied": False,
    "experts": 0,
    "active_experts": 0,
}
LLAMA_2_70B = LLAMA_2_7B | {
    "layers": 80,
    "d_model": 8192,
    "heads": 64,
    "kv_heads": 8,
    "d_ff": 28_672,
}
SMALL = GEMMA_2B | {"vocab": 5, "layers": 1, "d_model": 4, "heads": 2, "head_dim": 2, "d_ff": 3}
"""With one head more it is never cheaper, whatever else it saves."""

PUBLISHED = {
    "Gemma 2B": (GEMMA_2B, 524_550_144 + 1_981_884_416),
    "Gemma 7B": (GEMMA_7B, 786_825_216 + 7_751_248_896),
    "Llama 2 7B": (LLAMA_2_7B, 6_738_415_616),
    "Llama 2 70B": (LLAMA_2_70B, 68_976_648_192),
}
"""Gemma Team 2024, table 2; of Llama 2, the trained numbers in the weights that Meta published."""

KEPT_BY_QUERIES = "keys and values were taken to be as wide as queries; they have kv_heads heads"
EACH_ITS_OWN = "grouped queries don't make scores and mix cheaper; each head of queries has its own"
ACTIVE_ALONE = "a token goes through its active experts alone"
TIED_COSTS = "a tied output layer has no parameters of its own, but takes the same FLOPs"


@st.composite
def configs(draw: st.DrawFn, digits: int = 20) -> dict[str, int]:
    """A decoder of any size: dense or a mixture, tied or not."""
    sizes = whole(digits)
    kv_heads = draw(sizes)
    experts = draw(st.just(0) | sizes)
    return {
        "vocab": draw(sizes),
        "layers": draw(st.integers(1, 200) | sizes),
        "d_model": draw(sizes),
        "heads": kv_heads * draw(st.integers(1, 16)),
        "kv_heads": kv_heads,
        "head_dim": draw(sizes),
        "d_ff": draw(sizes),
        "tied": draw(st.booleans()),
        "experts": experts,
        "active_experts": draw(st.integers(1, experts)) if experts else 0,
    }


@points(0.5, task="4.7")
def test_published_counts_of_four_models(student: Student) -> None:
    """One head of keys, or as many as of queries; a tied output layer; attention wider than the model."""
    for name, (config, total) in PUBLISHED.items():
        parts = student.decoder.parameters(config)
        wrong = {
            "the output layer is tied, and has no parameters of its own": total
            + config["vocab"] * config["d_model"],
            KEPT_BY_QUERIES: reference.parameters(config | {"kv_heads": config["heads"]})["total"],
            "the norm behind the last layer was left out": total - config["d_model"],
        }
        mistakes = {sentence: lambda answer=answer: answer for sentence, answer in wrong.items()}
        expect(parts.get("total"), total, f"{name} has {total:,} parameters", mistakes, "['total'] is {}")
        expect(parts.get("active"), total, "a dense model's parameters are all active", None, "['active'] is {}")


@points(0.5, task="4.7")
@given(config=configs())
def test_parameters_of_any_decoder(student: Student, config: dict[str, int]) -> None:
    """By part, in total and active, exact, however large."""
    exact = reference.parameters(config)
    expect(
        student.decoder.parameters(config),
        exact,
        "count each matrix of the handout's table, and one weight for each of d_model numbers of a norm",
        {
            KEPT_BY_QUERIES: lambda: reference.parameters(config | {"kv_heads": config["heads"]}),
            "all experts were counted as active; a token meets active_experts of them": (
                lambda: exact | {"active": exact["total"]}
            ),
            "the embedding was left out of the active parameters; it counts as a whole": (
                lambda: exact | {"active": exact["active"] - exact["embedding"]}
            ),
            "the router was left out of the active parameters; each token meets all of it": (
                lambda: exact | {"active": exact["active"] - exact["router"]}
            ),
            "the norm behind the last layer was left out": lambda: (
                exact | {name: exact[name] - config["d_model"] for name in ("norms", "total", "active")}
            ),
        }
        | inexact(exact),
    )


@points(0.5, task="4.7")
@given(config=configs(), batch=whole(12), seq=whole(12))
def test_flops_of_any_decoder(student: Student, config: dict[str, int], batch: int, seq: int) -> None:
    """By part; and a tiny one against operations counted one at a time."""
    exact = reference.forward_flops(config, batch, seq)
    expect(
        student.decoder.forward_flops(config, batch=batch, seq=seq),
        exact,
        "scores and mix cost seq squared for each sequence and head of queries; a token meets its active experts",
        _flops_mistakes(exact, config, batch, seq) | inexact(exact),
    )
    tiny = {name: value % 3 + 1 for name, value in config.items()}
    tiny |= {"heads": tiny["kv_heads"] * 2, "experts": tiny["active_experts"] + 1} if config["experts"] else {}
    tiny |= {"tied": config["tied"]} | ({} if config["experts"] else {"experts": 0, "active_experts": 0})
    got = student.decoder.forward_flops(tiny, batch=batch % 3 + 1, seq=seq % 3 + 1)
    counted = counting.decoder(tiny, batch % 3 + 1, seq % 3 + 1)
    expect(got.get("forward"), counted, "the sum over all products", None, "['forward'] is {}")


def _flops_mistakes(exact: dict[str, int], config: dict[str, int], batch: int, seq: int) -> dict[str, Any]:
    """What known mistakes count."""

    def but(**parts: int) -> dict[str, int]:
        more = sum(parts[name] - exact[name] for name in parts)
        return exact | parts | {"forward": exact["forward"] + more}

    share = exact["scores"] * config["kv_heads"] // config["heads"]
    networks = exact["feed_forward"] // (config["active_experts"] or 1) * (config["experts"] or 1)
    return {
        EACH_ITS_OWN: lambda: but(scores=share, mix=share),
        ACTIVE_ALONE: lambda: but(feed_forward=networks),
        "the router is a matrix product, too": lambda: but(router=0),
        TIED_COSTS: lambda: but(output=0),
        KEPT_BY_QUERIES: lambda: but(
            projections=reference.forward_flops(config | {"kv_heads": config["heads"]}, batch, seq)["projections"]
        ),
        "the tokens of all sequences were taken for one long sequence": (
            lambda: but(scores=exact["scores"] * batch, mix=exact["mix"] * batch)
        ),
    }


@points(0.5, task="4.7")
@given(config=configs())
@example(config=LLAMA_2_7B)
@example(config=GEMMA_7B)
def test_the_length_at_which_attention_takes_over(student: Student, config: dict[str, int]) -> None:
    """Of any decoder; one position earlier, attention costs as much as the rest or less."""
    length = reference.attention_takes_over(config)
    grouped = config | {"heads": config["kv_heads"]}
    projections = reference.forward_flops(config, 1, 1)["projections"]
    fewer = reference.forward_flops(grouped, 1, 1)
    others = reference.forward_flops(config, 1, 1)["forward"] - sum(
        reference.forward_flops(config, 1, 1)[name] for name in ("scores", "mix")
    )
    expect(
        student.decoder.attention_takes_over(config),
        length,
        "for each token, attention's cost grows with the length, and the rest does not",
        {
            EACH_ITS_OWN: lambda: others // (fewer["scores"] + fewer["mix"]) + 1,
            "the projections were counted as attention; only scores and mix are compared with the rest": (
                lambda: max((others - 2 * projections) // (4 * config["layers"] * _width(config)) + 1, 1)
            ),
            "where both cost the same, attention has not taken over yet": lambda: (
                -(-others // (4 * config["layers"] * _width(config)))
            ),
        }
        | inexact(length),
    )


def _width(config: dict[str, int]) -> int:
    return config["heads"] * config["head_dim"]


@points(0.5, task="4.7")
@given(config=configs(), other=configs(), shared=st.booleans(), data=st.data())
def test_any_two_models(
    student: Student, config: dict[str, int], other: dict[str, int], shared: bool, data: st.DataObject
) -> None:
    """Any two, and two that differ in a part or two; from the answer on, and not before, `other` costs less."""
    if shared:
        names = data.draw(st.sets(st.sampled_from(["vocab", "layers", "d_ff", "head_dim", "tied"]), max_size=3))
        other = config | {name: other[name] for name in names}
    for one, two in ((config, other), (other, config), (SMALL, SMALL | {"vocab": 3, "d_ff": 2, "heads": 3})):
        length = reference.cheaper_from(one, two)
        expect(
            student.decoder.cheaper_from(one, two),
            length,
            "for each token, one cost does not depend on the length, and the other grows with it",
            {
                "a forward pass of one token costs less already, and 1 is the least length": partial(
                    _never, length
                ),
                "where both cost the same, `other` is not cheaper yet": partial(_at_a_tie, one, two, length),
            }
            | inexact(length),
        )


def _never(length: int | None) -> object:
    return None if length == 1 else ...


def _at_a_tie(config: dict[str, int], other: dict[str, int], length: int | None) -> object:
    """The least length at which `other` costs as much or less, where it costs more at first and less later."""
    if length in (1, None):
        return ...
    first, both = (reference.forward_flops(each, 1, 1) for each in (config, other))
    gained = sum(first[name] - both[name] for name in ("scores", "mix"))
    return -(-(both["forward"] - first["forward"] + gained) // gained)


@points(0.5, task="4.7")
@given(config=configs(), layers=st.integers(0, 10**6), off=st.sampled_from([-1, 0, 1]))
@example(config=GEMMA_2B, layers=18, off=-1)
@example(config=LLAMA_2_70B, layers=0, off=0)
@example(config=LLAMA_2_70B, layers=0, off=-1)
@example(config=LLAMA_2_7B | {"experts": 64, "active_experts": 6}, layers=9, off=0)
def test_twins_and_layers_of_any_model(student: Student, config: dict[str, int], layers: int, off: int) -> None:
    """Budgets of just so many layers, and a parameter more or less; dense models that equal any mixture."""
    budget = reference.parameters(config | {"layers": layers})["total"] + off
    if layers or off >= 0:
        most = reference.most_layers(config, budget)
        hint = "what is there once doesn't count for each layer, and a model of just the budget fits"
        got = student.decoder.most_layers(config, budget)
        wrong = {"the number of layers was rounded up": lambda: layers + (off > 0)}
        expect(got, most, hint, wrong | inexact(most))
    else:
        hint = "the model without any layer is larger than the budget, so this must raise ValueError"
        with expect_raises(ValueError, naming=str(budget), hint=hint):
            student.decoder.most_layers(config, budget)
    twins = reference.dense_twins(config)
    active, experts = config["active_experts"] or 1, config["experts"] or 1
    expect(
        student.decoder.dense_twins(config),
        twins,
        "a dense network may hold the experts' weights and the router's, in three matrices; round down",
        {
            "the router was left out": lambda: {
                "flops": active * config["d_ff"],
                "parameters": experts * config["d_ff"],
            },
            "both were compared by FLOPs": lambda: twins | {"parameters": twins["flops"]},
        }
        | inexact(twins),
    )
