"""The decoder of Task 4.7 against one that torch runs, and against what the authors of models published."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from grader.hidden.test_4_7_decoder import PUBLISHED
from grader.reference import decoder
from tests.test_4_7_decoder import LLAMA, MISTRAL, MIXTRAL, SMALL

TOTALS: dict[str, tuple[dict[str, Any], int]] = PUBLISHED | {
    "Llama 3 8B": (LLAMA, 8_030_261_248),
    "Mistral 7B": (MISTRAL, 7_241_732_096),
    "Mixtral 8x7B": (MIXTRAL, 46_702_792_704),
}
"""The trained numbers in the published weights; of Gemma, table 2 of its report (Gemma Team 2024)."""


def linear(inputs: int, outputs: int) -> torch.nn.Linear:
    """A matrix without a bias."""
    return torch.nn.Linear(inputs, outputs, bias=False)


class Network(torch.nn.Module):
    """SwiGLU."""

    def __init__(self, d_model: int, d_ff: int) -> None:
        super().__init__()
        self.gate, self.up, self.down = linear(d_model, d_ff), linear(d_model, d_ff), linear(d_ff, d_model)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """One network, of any number of tokens."""
        narrowed: torch.Tensor = self.down(torch.nn.functional.silu(self.gate(x)) * self.up(x))
        return narrowed


class Mixture(torch.nn.Module):
    """Experts behind a router; each token goes through the best few."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__()
        self.active = config["active_experts"]
        self.router = linear(config["d_model"], config["experts"])
        self.experts = torch.nn.ModuleList(
            Network(config["d_model"], config["d_ff"]) for _ in range(config["experts"])
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The tokens of each expert are looked up, so that it takes real numbers."""
        tokens = x.flatten(0, 1)
        weights, chosen = torch.softmax(self.router(tokens), -1).topk(self.active)
        result = torch.zeros_like(tokens)
        for number, expert in enumerate(self.experts):
            rows, places = torch.where(chosen == number)
            result = result.index_add(0, rows, expert(tokens[rows]) * weights[rows, places, None])
        return result.view_as(x)


class Layer(torch.nn.Module):
    """Attention and one network, or a mixture of them, each behind a norm."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__()
        d_model, self.head_dim = config["d_model"], config["head_dim"]
        self.groups = config["heads"] // config["kv_heads"]
        self.norms = torch.nn.ModuleList(torch.nn.RMSNorm(d_model) for _ in range(2))
        self.queries = linear(d_model, config["heads"] * self.head_dim)
        self.keys, self.values = (linear(d_model, config["kv_heads"] * self.head_dim) for _ in range(2))
        self.projection = linear(config["heads"] * self.head_dim, d_model)
        self.network = Mixture(config) if config["experts"] else Network(d_model, config["d_ff"])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Keys and values are repeated for the queries of their group, which is no product."""
        normed = self.norms[0](x)
        q, k, v = (
            each(normed).unflatten(-1, (-1, self.head_dim)).transpose(1, 2)
            for each in (self.queries, self.keys, self.values)
        )
        k, v = (_turned(k).repeat_interleave(self.groups, 1), v.repeat_interleave(self.groups, 1))
        mixed = torch.softmax(_turned(q) @ k.transpose(-1, -2), -1) @ v
        x = x + self.projection(mixed.transpose(1, 2).flatten(2))
        more: torch.Tensor = self.network(self.norms[1](x))
        return x + more


def _turned(x: torch.Tensor) -> torch.Tensor:
    """Rotary positions: pairs of numbers, each turned by an angle that grows with the position."""
    half = x.shape[-1] // 2
    steps = torch.arange(half, device=x.device) / half
    angles = torch.arange(x.shape[-2], device=x.device)[:, None] * 10_000.0**-steps
    first, second = x[..., :half], x[..., half:]
    return torch.cat(
        [first * angles.cos() - second * angles.sin(), first * angles.sin() + second * angles.cos()], -1
    )


class Decoder(torch.nn.Module):
    """The handout's decoder."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__()
        self.embedding = torch.nn.Embedding(config["vocab"], config["d_model"])
        self.layers = torch.nn.ModuleList(Layer(config) for _ in range(config["layers"]))
        self.norm, self.output = torch.nn.RMSNorm(config["d_model"]), linear(config["d_model"], config["vocab"])
        if config["tied"]:
            self.output.weight = self.embedding.weight

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Logits of each position."""
        x = self.embedding(ids)
        for layer in self.layers:
            x = layer(x)
        logits: torch.Tensor = self.output(self.norm(x))
        return logits


@pytest.mark.parametrize("name", TOTALS)
def test_published_models_have_as_many_parameters(name: str) -> None:
    """The count, torch's modules on the meta device, and what was published; part by part."""
    config, published = TOTALS[name]
    with torch.device("meta"):
        model = Decoder(config)
    parts = decoder.parameters(config)
    assert parts["total"] == published == sum(each.numel() for each in model.parameters())
    inside = {"attention": "queries keys values projection", "feed_forward": "gate up down", "router": "router"}
    for part, names in (inside | {"norms": "norm norms"}).items():
        held = [
            p.numel() for path, p in model.named_parameters() if not {*path.split(".")}.isdisjoint(names.split())
        ]
        assert parts[part] == sum(held), part
    idle = [
        expert for each in model.modules() if isinstance(each, Mixture) for expert in each.experts[each.active :]
    ]
    assert parts["total"] - parts["active"] == sum(p.numel() for expert in idle for p in expert.parameters())


@pytest.mark.parametrize("name", [name for name in TOTALS if name != "Mixtral 8x7B"])
def test_dense_models_are_flop_counter_modes(name: str) -> None:
    """A forward pass on the meta device."""
    config, _ = TOTALS[name]
    with torch.device("meta"):
        model, ids = Decoder(config), torch.empty(2, 24, dtype=torch.long)
    with FlopCounterMode(display=False) as counter:
        model(ids)
    assert decoder.forward_flops(config, batch=2, seq=24)["forward"] == counter.get_total_flops()


@pytest.mark.parametrize("active", [1, 2, 5])
@pytest.mark.parametrize("tied", [False, True])
def test_mixtures_are_flop_counter_modes(active: int, tied: bool) -> None:
    """A small mixture, whose router chooses on real numbers, and the dense models that cost and hold the same."""
    config = SMALL | {"active_experts": active, "tied": tied}
    torch.manual_seed(336)
    twins = decoder.dense_twins(config)

    def counted(changed: dict[str, Any]) -> tuple[int, int]:
        model = Decoder(changed)
        with FlopCounterMode(display=False) as counter:
            model(torch.arange(14).view(2, 7))
        return counter.get_total_flops(), sum(each.numel() for each in model.parameters())

    flops, held = counted(config)
    assert decoder.forward_flops(config, batch=2, seq=7)["forward"] == flops
    assert decoder.parameters(config)["total"] == held
    dense = config | {"experts": 0, "active_experts": 0}
    for width, more in ((twins["flops"], False), (twins["flops"] + 1, True)):
        assert (counted(dense | {"d_ff": width})[0] > flops) is more
    for width, more in ((twins["parameters"], False), (twins["parameters"] + 1, True)):
        assert (counted(dense | {"d_ff": width})[1] > held) is more


@pytest.mark.parametrize("config", [SMALL, SMALL | {"heads": 2, "head_dim": 4, "d_ff": 1, "vocab": 1}])
def test_attention_takes_over_where_torch_counts_more(config: dict[str, Any]) -> None:
    """Products of activations, which torch calls `bmm`, against products with weights: there, and one before."""
    length = decoder.attention_takes_over(config)
    for seq, more in ((length - 1, False), (length, True)):
        with FlopCounterMode(display=False) as counter:
            Decoder(config)(torch.zeros(1, seq, dtype=torch.long))
        square = counter.get_flop_counts()["Global"][torch.ops.aten.bmm]
        assert (square > counter.get_total_flops() - square) is more
