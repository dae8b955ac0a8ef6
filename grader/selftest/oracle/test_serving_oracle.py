"""Serving of Task 4.8 against a slow count, tensors of torch, and printed sizes of caches."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

from grader.hidden.test_4_8_serving import small
from grader.oracle import serving as oracle
from grader.reference import serving
from tests.test_4_8_serving import GROUPED, LATENT, LLAMA

NUMBERS = {1: torch.int8, 2: torch.bfloat16, 4: torch.float32}
PRINTED = {
    "DeepSeek-V3": ({"layers": 61, "attention": "latent", "latent_dim": 512, "rotary_dim": 64}, 70_272),
    "Qwen2.5 72B": ({"layers": 80, "attention": "grouped", "kv_heads": 8, "head_dim": 128}, 327_680),
    "Llama 3.1 405B": ({"layers": 126, "attention": "grouped", "kv_heads": 8, "head_dim": 128}, 516_096),
}
"""Zhao et al. 2025, table 1: bytes for each token in 16 bits."""


class Cache:
    """What one layer keeps of the tokens of some sequences, as tensors without memory."""

    def __init__(self, model: dict[str, Any], batch: int, context: int) -> None:
        self.model, self.batch, self.context = model, batch, context
        heads = {"multi-head": model["heads"], "grouped": model.get("kv_heads"), "multi-query": 1}
        widths: list[tuple[Any, ...]] = [(heads.get(model["attention"]), model.get("head_dim"))] * 2
        if model["attention"] == "latent":
            widths = [(model["latent_dim"],), (model["rotary_dim"],)]
        dtype = NUMBERS[model["cache_itemsize"]]
        self.kept = [torch.empty(batch, context, *width, dtype=dtype, device="meta") for width in widths]

    def attend(self) -> None:
        """Scores and mix of one new token of each sequence."""
        first, second = (each.float() for each in self.kept)
        if self.model["attention"] == "latent":
            both = torch.cat([first, second], -1)
            queries = torch.empty(self.batch, self.model["heads"], both.shape[-1], device="meta")
            torch.softmax(queries @ both.transpose(1, 2), -1) @ first
            return
        shared = self.model["heads"] // first.shape[2]
        keys, values = (each.transpose(1, 2).repeat_interleave(shared, 1) for each in (first, second))
        queries = torch.empty(self.batch, self.model["heads"], 1, self.model["head_dim"], device="meta")
        torch.softmax(queries @ keys.transpose(2, 3), -1) @ values


@pytest.mark.parametrize("name", PRINTED)
def test_caches_are_as_large_as_printed(name: str) -> None:
    """Bytes for each token of three models."""
    model, printed = PRINTED[name]
    assert serving.cache_bytes(model | {"cache_itemsize": 2}, 1) == printed


@given(model=small, batch=st.integers(1, 5), context=st.integers(1, 9))
def test_steps_are_what_torch_keeps_and_counts(model: dict[str, Any], batch: int, context: int) -> None:
    """Bytes of tensors, and FLOPs of one decode step that FlopCounterMode counts, layer by layer."""
    caches = [Cache(model, batch, context) for _ in range(model["layers"])]
    kept = sum(tensor.nbytes for cache in caches for tensor in cache.kept)
    assert serving.cache_bytes(model, batch * context) == kept
    with FlopCounterMode(display=False) as counter:
        weights = torch.empty(model["parameters"], 1, device="meta")
        torch.empty(batch, model["parameters"], device="meta") @ weights
        for cache in caches:
            cache.attend()
    step = serving.decode_step(model, batch, context)
    assert step["flops"] == counter.get_total_flops()
    assert step["n_bytes"] == kept + model["parameters"] * model["weight_itemsize"]


@given(model=small, batch=st.integers(1, 3), context=st.integers(1, 4), ridge=st.integers(1, 30))
def test_small_models_are_as_counted(model: dict[str, Any], batch: int, context: int, ridge: int) -> None:
    """Steps, answers, and the first batch and prompt that compute limits, each found by trying."""
    step = serving.decode_step(model, batch, context)
    assert (step["flops"], step["n_bytes"]) == oracle.step(model, batch, context)
    assert serving.answer_us(model, batch, context, 5, 10**6) == oracle.answers(model, batch, context, 5)
    least = serving.batch_for_compute(model, context, ridge, 1)
    assert (least if least and least < oracle.MOST else None) == oracle.least_batch(model, context, ridge, 1)
    longest = serving.prompt_for_compute(model, ridge, 1)
    assert (longest if longest < oracle.MOST else None) == oracle.least_prompt(model, ridge, 1)
    rate = batch / oracle.seconds(oracle.step(model, batch, context), 10**9 * ridge, 10**9)
    assert serving.tokens_per_s(model, batch, context, 10**9 * ridge, 10**9) == int(rate)


@pytest.mark.parametrize("model", [GROUPED, LATENT, LLAMA])
@pytest.mark.parametrize("gb", [1, 17, 80, 1000])
def test_what_fits_is_used_up(model: dict[str, Any], gb: int) -> None:
    """One more sequence, or one more token in each cache, is more than the memory."""
    weights, room = model["parameters"] * model["weight_itemsize"], gb * 10**9
    batch, context = serving.largest_batch(model, 4000, gb), serving.longest_context(model, 9, gb)
    assert weights + serving.cache_bytes(model, 4000 * (batch + 1)) > room
    assert weights + serving.cache_bytes(model, 9 * (context + 1)) > room
    assert not batch or weights + serving.cache_bytes(model, 4000 * batch) <= room
    assert not context or weights + serving.cache_bytes(model, 9 * context) <= room
