"""The questions of Tasks 2.4, 4.2 to 4.6, 5.3 and 5.4: answers against their definitions, FLOPs against torch."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

from grader.reference import budgets, flops, gradients, memory, transfers, transformer, utilization

small = st.integers(1, 6)


@given(widths=st.lists(small, min_size=2, max_size=6), data=st.data())
def test_frozen_layers_take_what_torch_counts(widths: list[int], data: st.DataObject) -> None:
    """Autograd computes the gradients that trained weights need, and no others."""
    trained = data.draw(st.lists(st.booleans(), min_size=len(widths) - 1, max_size=len(widths) - 1))
    weights = [torch.zeros(pair, requires_grad=each) for pair, each in zip(pairwise(widths), trained, strict=True)]
    h = torch.zeros(3, widths[0])
    with FlopCounterMode(display=False) as forward:
        for weight in weights:
            h = h @ weight
    with FlopCounterMode(display=False) as backward:
        if any(trained):
            h.backward(torch.ones_like(h))
    counted = forward.get_total_flops(), backward.get_total_flops()
    assert flops.fine_tuning_flops(3, widths, trained) == counted


@given(
    k=st.integers(1, 50), n=st.integers(1, 50), itemsize=small, peak=st.integers(1, 99), speed=st.integers(1, 99)
)
@example(k=3, n=3, itemsize=1, peak=2, speed=1)
@example(k=2, n=2, itemsize=1, peak=2, speed=1)
@example(k=10**15 + 1, n=10**15 + 3, itemsize=2, peak=3 * 10**14 + 1, speed=10**12 + 1)
def test_from_the_least_rows_on_a_product_is_bound_by_compute(
    k: int, n: int, itemsize: int, peak: int, speed: int
) -> None:
    """And by memory with one row less; where there is none, so with very many."""

    def limit(rows: int) -> str:
        return transfers.bound_by(2 * rows * k * n, transfers.matmul_bytes(rows, k, n, itemsize), peak, speed)

    least = transfers.least_rows(k, n, itemsize, peak, speed)
    if least is None:
        assert limit(10**60) == "memory"
    else:
        assert limit(least) == "compute"
        assert least == 1 or limit(least - 1) == "memory"


@given(parameters=st.integers(0, 10**6), layers=small, d_model=st.integers(1, 40))
def test_attention_leads_from_its_length_on(parameters: int, layers: int, d_model: int) -> None:
    """It costs more than the rule there, and not before."""
    length = flops.length_where_attention_leads(parameters, layers, d_model)
    rule = flops.training_flops(parameters, 1)
    assert flops.attention_flops(layers, d_model, length, 1) > rule
    assert length == 1 or flops.attention_flops(layers, d_model, length - 1, 1) <= rule


@given(widths=st.lists(st.integers(1, 9000), min_size=2, max_size=4), gb=st.integers(1, 3))
@pytest.mark.parametrize("optimizer", ["sgd", "adagrad", "adamw"])
@pytest.mark.parametrize("recipe", ["fp32", "bf16", "mixed", "mixed_no_master"])
def test_the_largest_batch_fits_and_no_larger_one(recipe: str, optimizer: str, widths: list[int], gb: int) -> None:
    """Beside what is kept for the weights."""
    batch = memory.largest_batch(gb, widths, recipe, optimizer)
    weights = sum(a * b for a, b in pairwise(widths))
    held = sum(memory.training_bytes(weights, recipe, optimizer).values())
    assert batch == 0 or held + memory.activation_bytes(batch, widths, recipe) <= gb * 10**9
    assert held + memory.activation_bytes(batch + 1, widths, recipe) > gb * 10**9


@given(layers=st.integers(0, 9), off=st.integers(0, 10**4), shape=st.tuples(*[st.integers(1, 20)] * 6))
def test_the_most_layers_fit_and_no_more(layers: int, off: int, shape: tuple[int, ...]) -> None:
    """By counting the model with them."""
    vocab, context, *rest = shape
    budget = transformer.transformer_parameters(vocab, context, layers, *rest)["total"] + off
    most = transformer.most_layers(budget, vocab, context, *rest)
    totals = [transformer.transformer_parameters(vocab, context, most + n, *rest)["total"] for n in (0, 1)]
    assert totals[0] <= budget < totals[1]


@given(shape=st.tuples(*[st.integers(1, 30)] * 7))
def test_no_part_takes_more_than_the_costliest(shape: tuple[int, ...]) -> None:
    """And none before it in the list as much."""
    counted = transformer.transformer_flops(1, *shape)
    costs = {
        "projections": counted["projections"],
        "attention": counted["scores"] + counted["mix"],
        "feed_forward": counted["feed_forward"],
        "output": counted["output"],
    }
    part = transformer.costliest_part(*shape)
    names = list(costs)
    assert all(costs[part] > costs[name] for name in names[: names.index(part)])
    assert all(costs[part] >= cost for cost in costs.values())


@given(
    tokens=st.integers(1, 10**4),
    days=st.integers(1, 9),
    peak=st.integers(1, 10**9),
    percent=st.integers(1, 100),
    shape=st.tuples(st.integers(1, 10**5), small, small),
)
def test_the_longest_sequences_are_in_time_and_no_longer_ones(
    tokens: int, days: int, peak: int, percent: int, shape: tuple[int, int, int]
) -> None:
    """By the time of a training at that length."""

    def seconds(seq: int) -> int:
        return budgets.training_seconds(tokens * utilization.flops_per_token(*shape, seq), 2, peak, percent)

    length = utilization.longest_sequence(tokens, days, 2, peak, percent, *shape)
    assert length == 0 or seconds(length) <= days * 86_400
    assert seconds(length + 1) > days * 86_400


@given(
    flops_=st.integers(1, 10**22),
    days=st.integers(1, 60),
    rows=st.lists(st.tuples(small, st.integers(1, 100), st.integers(1, 9)), max_size=5),
)
def test_no_offer_in_time_is_cheaper(flops_: int, days: int, rows: list[tuple[int, int, int]]) -> None:
    """By paying each GPU hour by hour."""
    offers: list[dict[str, int | str]] = [
        {"gpu": "H100", "gpus": gpus, "mfu_percent": percent, "cents_per_hour": cents}
        for gpus, percent, cents in rows
    ]

    def paid(gpus: int, percent: int, cents: int) -> int | None:
        peak = budgets.peak_flops("H100", "bf16", sparse=False)
        done = [hour for hour in range(days * 24 + 1) if hour * 3600 * gpus * peak * percent >= 100 * flops_]
        return done[0] * gpus * cents if done else None

    prices = [paid(*row) for row in rows]
    known = [price for price in prices if price is not None]
    best = budgets.cheapest_offer(flops_, days, offers)
    assert best == (prices.index(min(known)) if known else None)


@given(ms=st.lists(st.floats(0.1, 99), min_size=3, max_size=3), factor=st.floats(0.1, 50))
def test_a_faster_part_changes_the_step_by_what_it_saves(ms: list[float], factor: float) -> None:
    """The same as a step whose times were measured anew."""
    forward, inputs, weights = ms
    layer: dict[str, float | None] = {"forward_ms": forward, "inputs_ms": inputs, "weights_ms": weights}
    speedup = gradients.step_speedup([layer, layer | {"inputs_ms": None}], "weights", factor)
    both = [2 * forward + inputs + 2 * each for each in (weights, weights / factor)]
    assert speedup == pytest.approx(both[0] / both[1])
