"""Training on many GPUs (Task 4.9) against rings that pass numbers on, torch's saved tensors, and print."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.checkpoint import checkpoint, set_checkpoint_early_stop
from torch.utils.flop_counter import FlopCounterMode

from grader.oracle import ring
from grader.reference import sharding

MIXED = {"weights": 2, "gradients": 2, "states": 12}
CONFIGS = [
    {"layers": 1, "d_model": 8, "heads": 2, "head_dim": 4, "d_ff": 32},
    {"layers": 3, "d_model": 10, "heads": 3, "head_dim": 5, "d_ff": 7},
]


class Layer(torch.nn.Module):
    """A block of GPT-2, without dropout; attention may be made anew, from queries, keys and values."""

    def __init__(self, d_model: int, heads: int, head_dim: int, d_ff: int, *, anew: bool = False) -> None:
        super().__init__()
        self.heads, self.anew, width = heads, anew, heads * head_dim
        self.norms = torch.nn.ModuleList(torch.nn.LayerNorm(d_model) for _ in range(2))
        self.queries, self.keys, self.values = (torch.nn.Linear(d_model, width) for _ in range(3))
        self.projection = torch.nn.Linear(width, d_model)
        self.up, self.down = torch.nn.Linear(d_model, d_ff), torch.nn.Linear(d_ff, d_model)

    def _mix(self, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        return torch.softmax(q @ k.transpose(-1, -2), -1) @ v

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """One layer; queries are scaled, which needs nothing kept."""
        normed = self.norms[0](x)
        q, k, v = (
            each(normed).unflatten(-1, (self.heads, -1)).transpose(1, 2).contiguous()
            for each in (self.queries, self.keys, self.values)
        )
        q = q * q.shape[-1] ** -0.5
        mixed = checkpoint(self._mix, q, k, v, use_reentrant=False) if self.anew else self._mix(q, k, v)
        x = x + self.projection(mixed.transpose(1, 2).flatten(2))
        more: torch.Tensor = self.down(torch.nn.functional.gelu(self.up(self.norms[1](x))))
        return x + more


def made(config: dict[str, int], *, anew: bool = False) -> list[Layer]:
    """All layers of a configuration."""
    sizes = {name: config[name] for name in ("d_model", "heads", "head_dim", "d_ff")}
    return [Layer(**sizes, anew=anew) for _ in range(config["layers"])]


def kept(layers: list[Layer], batch: int, seq: int) -> int:
    """Numbers in what autograd keeps, without parameters and the two numbers that a norm keeps of each token."""
    parameters = {p.untyped_storage().data_ptr() for layer in layers for p in layer.parameters()}
    saved: dict[int, torch.UntypedStorage] = {}

    def save(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in parameters and tensor.shape != (batch, seq, 1):
            saved[storage.data_ptr()] = storage
        return tensor

    x = torch.randn(batch, seq, layers[0].up.in_features, requires_grad=True)
    with torch.autograd.graph.saved_tensors_hooks(save, lambda tensor: tensor):
        for layer in layers:
            x = layer(x)
    return sum(storage.nbytes() for storage in saved.values()) // 4


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize(("batch", "seq"), [(1, 5), (3, 16)])
def test_layers_keep_what_autograd_saves(config: dict[str, int], batch: int, seq: int) -> None:
    """All layers, in torch's own modules; checkpointed, each keeps what stands in front of the part made anew."""
    assert kept(made(config), batch, seq) == sharding.kept_bytes(config, batch, seq, 1, "none")
    square = batch * config["heads"] * seq**2
    assert kept(made(config, anew=True), batch, seq) == (
        sharding.kept_bytes(config, batch, seq, 1, "attention") - square
    )
    one = config | {"layers": 1}
    inputs = config["layers"] * batch * seq * config["d_model"]
    anew = kept(made(one), batch, seq) - batch * seq * config["d_model"]
    assert sharding.kept_bytes(config, batch, seq, 1, "layer") == inputs + anew


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("checkpointing", ["none", "attention", "layer"])
def test_what_is_recomputed_is_flop_counter_modes(config: dict[str, int], checkpointing: str) -> None:
    """FLOPs of forward and backward with torch's checkpoint, less those without it."""

    def counted(how: str) -> int:
        x: Any = torch.randn(2, 6, config["d_model"], requires_grad=True)
        with FlopCounterMode(display=False) as counter, set_checkpoint_early_stop(False):
            for layer in made(config, anew=how == "attention"):
                x = checkpoint(layer, x, use_reentrant=False) if how == "layer" else layer(x)
            x.sum().backward()
        return int(counter.get_total_flops())

    recomputed = sharding.recomputed_flops(config, 2, 6, checkpointing)
    assert recomputed == counted(checkpointing) - counted("none")


@settings(deadline=None)
@given(
    parameters=st.integers(1, 40),
    sizes=st.tuples(*[st.integers(0, 9)] * 3),
    stage=st.integers(0, 3),
    gpus=st.integers(1, 9),
)
def test_rings_store_and_send_as_much(parameters: int, sizes: tuple[int, ...], stage: int, gpus: int) -> None:
    """A step in which each number is passed on, by GPUs that check what they get."""
    recipe = dict(zip(("weights", "gradients", "states"), sizes, strict=True))
    stored, sent = ring.step(parameters, recipe, stage, gpus)
    assert sharding.gpu_bytes(parameters, recipe, stage, gpus) == stored
    assert sharding.sent_bytes(parameters, recipe, stage, gpus) == sent


@pytest.mark.parametrize(("stage", "printed"), [(0, 120), (1, 31.4), (2, 16.6), (3, 1.9)])
def test_memory_is_what_zeros_authors_print(stage: int, printed: float) -> None:
    """7.5 billion parameters on 64 GPUs, in GB (Rajbhandari et al. 2020, figure 1)."""
    ours = sharding.gpu_bytes(7_500_000_000, MIXED, stage, 64) / 1e9
    assert ours == pytest.approx(printed, abs=0.05)


@pytest.mark.parametrize("sizes", [(4, 32, 2048, 4096), (1, 96, 2048, 12_288)])
def test_activations_are_korthikantis_formula_without_dropout(sizes: tuple[int, ...]) -> None:
    """Of the 34 sbh + 5 as²b bytes of a layer in 16 bits, dropout's masks and outputs are 2 sbh + 3 as²b."""
    b, a, s, h = sizes
    config = {"layers": 1, "d_model": h, "heads": a, "head_dim": h // a, "d_ff": 4 * h}
    assert sharding.kept_bytes(config, b, s, 2, "none") == 34 * s * b * h + 5 * a * s**2 * b - (
        2 * s * b * h + 3 * a * s**2 * b
    )


@given(parameters=st.integers(1, 10**12), stage=st.integers(0, 3), gb=st.integers(1, 200))
def test_one_gpu_less_is_too_few(parameters: int, stage: int, gb: int) -> None:
    """The training fits on as many GPUs as the answer, and not on one less; on none where there is no answer."""
    gpus = sharding.least_gpus(parameters, MIXED, stage, gb, 10**9)
    room = gb * 10**9 - 10**9
    if gpus is None:
        assert sharding.gpu_bytes(parameters, MIXED, stage, parameters) > room
    else:
        assert sharding.gpu_bytes(parameters, MIXED, stage, gpus) <= room
        assert gpus == 1 or sharding.gpu_bytes(parameters, MIXED, stage, gpus - 1) > room
