"""The reference against third parties: torch, ml_dtypes, FlopCounterMode, saved-tensor hooks, printed tables."""

from __future__ import annotations

import json
import math
from itertools import pairwise, product
from typing import Any

import ml_dtypes
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

from grader.hidden.test_2_memory import DTYPES
from grader.hidden.test_3_views import operations
from grader.oracle import blocks as counted_blocks
from grader.oracle import limits as fractions_of_limits
from grader.oracle.ticks import Ticking
from grader.reference import (
    blocks,
    floats,
    flops,
    gradients,
    limits,
    memory,
    tensors,
    transformer,
    utilization,
    views,
)
from tests.bpe_examples import FIXTURES
from tests.fake_queues import FakeQueues
from tests.timing_examples import layers_of_a_b300, rows, work_of_linear_layers

FORMATS = {"float16": (5, 10), "bfloat16": (8, 7), "float8_e5m2": (5, 2), "float32": (8, 23)}
TORCH_DTYPES = {
    name: dtype for name, dtype in vars(torch).items() if isinstance(dtype, torch.dtype) and name == str(dtype)[6:]
}
sizes = st.integers(1, 64)


def counted(work: Any) -> int:
    """FLOPs that torch counts while some work runs."""
    with FlopCounterMode(display=False) as counter:
        work()
    return int(counter.get_total_flops())


def meta(*shape: int, grad: bool = False) -> torch.Tensor:
    """A tensor without memory."""
    return torch.empty(shape, device="meta", requires_grad=grad)


# --- part 2 ---------------------------------------------------------------------------------------------------


def test_the_hidden_checks_know_every_dtype_of_torch() -> None:
    """All dtypes of the installed torch are in the table that the checks go through, and no others."""
    assert set(DTYPES) == set(TORCH_DTYPES)


@pytest.mark.parametrize("name", sorted(TORCH_DTYPES))
def test_bits_are_torchs_where_a_number_is_whole_bytes(name: str) -> None:
    """8 times the itemsize, but for dtypes whose numbers share a byte."""
    bits, itemsize = memory.dtype_bits(name), TORCH_DTYPES[name].itemsize
    assert bits == 8 * itemsize if bits >= 8 else itemsize == 1


@pytest.mark.parametrize(("name", "bits"), FORMATS.items())
def test_limits_are_torchs_and_ml_dtypes(name: str, bits: tuple[int, int]) -> None:
    """Largest, smallest normal, smallest subnormal and epsilon."""
    theirs = torch.finfo(TORCH_DTYPES[name])
    ours, third = floats.float_format(*bits), ml_dtypes.finfo(name)
    assert (ours["largest"], ours["smallest_normal"]) == (theirs.max, theirs.tiny)
    assert (ours["smallest_subnormal"], ours["epsilon"]) == (float(third.smallest_subnormal), theirs.eps)


@given(x=st.floats(allow_nan=False, width=32), name=st.sampled_from(sorted(FORMATS)))
def test_rounding_is_ml_dtypes_and_torchs(x: float, name: str) -> None:
    """Any float32 number into each format, ties, subnormal numbers and overflow included."""
    ours = floats.round_to_format(x, *FORMATS[name])
    numbers: Any = np.float32 if name == "float32" else getattr(ml_dtypes, name, np.float16)
    assert ours == float(torch.tensor(x, dtype=torch.float32).to(TORCH_DTYPES[name]))
    with np.errstate(over="ignore"):
        assert ours == float(np.float32(x).astype(numbers))


def test_ones_stall_as_in_torch() -> None:
    """A running sum of ones in bfloat16 and float16, by torch's own arithmetic."""
    for dtype, bits in ((torch.bfloat16, (8, 7)), (torch.float16, (5, 10))):
        total = torch.zeros((), dtype=dtype)
        for _ in range(3000):
            total = total + torch.ones((), dtype=dtype)
        assert float(total) == floats.accumulate([1.0] * 3000, *bits) == floats.stalled_sum(1.0, *bits)


ELEMENTS = {"mxfp8": "float8_e4m3fn", "mxfp4": "float4_e2m1fn", "nvfp4": "float4_e2m1fn"}
SCALES = {"mxfp8": "float8_e8m0fnu", "mxfp4": "float8_e8m0fnu", "nvfp4": "float8_e4m3fn"}


def _of_ml_dtypes(codes: list[int], name: str) -> list[float]:
    """What codes stand for there."""
    dtype: Any = getattr(ml_dtypes, name)
    return [float(number) for number in np.array(codes, dtype=np.uint8).view(dtype)]


@pytest.mark.parametrize("name", ELEMENTS)
def test_codes_of_blocks_are_ml_dtypes(name: str) -> None:
    """Every code of an element and of a scale."""
    codes = list(range(256 if name == "mxfp8" else 16))
    one = 56 if name == "nvfp4" else 127
    assert list(map(str, blocks.decode_block(one, codes, name))) == [
        str(number).removeprefix("-") if number != number else str(number)
        for number in _of_ml_dtypes(codes, ELEMENTS[name])
    ]
    scales = list(range(128 if name == "nvfp4" else 256))
    ones = [blocks.decode_block(scale, [56 if name == "mxfp8" else 2], name)[0] for scale in scales]
    assert list(map(str, ones)) == list(map(str, _of_ml_dtypes(scales, SCALES[name])))


def test_the_elements_of_mxfp8_are_torchs() -> None:
    """Every code of E4M3, read by torch."""
    theirs = torch.arange(256, dtype=torch.uint8).view(torch.float8_e4m3fn).to(torch.float64)
    ours = torch.tensor(blocks.decode_block(127, list(range(256)), "mxfp8"), dtype=torch.float64)
    assert torch.equal(theirs.nan_to_num(999), ours.nan_to_num(999))


single = st.floats(allow_nan=False, allow_infinity=False, width=32)


@given(values=st.lists(single, min_size=1, max_size=16), name=st.sampled_from(sorted(ELEMENTS)))
def test_elements_are_rounded_as_by_ml_dtypes(values: list[float], name: str) -> None:
    """What is divided by the scale, cut off at the largest number and converted, has our codes."""
    factor = blocks.tensor_scale(values) if name == "nvfp4" else 1.0
    scale, codes = blocks.encode_block(values, name, factor)
    unit = _of_ml_dtypes([scale], SCALES[name])[0] * factor
    quotients = [value / unit if unit else value * 0.0 for value in values]
    elements: Any = getattr(ml_dtypes, ELEMENTS[name])
    largest = float(ml_dtypes.finfo(elements).max)
    converted = np.clip(np.array(quotients), -largest, largest).astype(elements)
    assert converted.view(np.uint8).tolist() == codes


@given(values=st.lists(single, min_size=1, max_size=70), name=st.sampled_from(sorted(ELEMENTS)))
def test_blocks_are_those_of_every_code(values: list[float], name: str) -> None:
    """The nearest of all codes, in fractions; and the largest error."""
    factor = blocks.tensor_scale(values) if name == "nvfp4" else 1.0
    block = values[: counted_blocks.SIZES[name]]
    assert blocks.encode_block(block, name, factor) == counted_blocks.encode(block, name, factor)
    assert blocks.largest_error(values, name) == float(counted_blocks.error(values, name, factor))


@given(rows=st.integers(1, 5), columns=st.integers(1, 200), name=st.sampled_from(sorted(ELEMENTS)))
def test_bytes_are_those_of_blocks_counted_one_by_one(rows: int, columns: int, name: str) -> None:
    """Each row's blocks and numbers; and the longest row is the last that fits."""
    tensor = 4 * (name == "nvfp4")
    exact = blocks.block_bytes([rows, columns], name)
    assert exact == -(-rows * counted_blocks.row_bits(columns, name) // 8) + tensor
    assert blocks.longest_row(blocks.block_bytes([columns], name), name) >= columns
    assert blocks.block_bytes([blocks.longest_row(exact, name) + 1], name) > exact


def test_torchs_adamw_keeps_two_numbers() -> None:
    """The bytes of its states after a step, and of Muon's; both in float32."""
    weight = torch.nn.Parameter(torch.ones(6, 5))
    for kind, optimizer in (("adamw", torch.optim.AdamW([weight])), ("muon", torch.optim.Muon([weight]))):
        weight.grad = torch.ones_like(weight)
        optimizer.step()
        tensors = [each for each in optimizer.state[weight].values() if torch.is_tensor(each) and each.ndim]
        assert sum(each.nbytes for each in tensors) == blocks.optimizer_bytes({"up": [6, 5]}, kind)


@given(batch=sizes, widths=st.lists(sizes, min_size=2, max_size=5))
def test_activations_are_what_autograd_saves(batch: int, widths: list[int]) -> None:
    """Saved tensors of a chain on the CPU, less the weights."""
    weights = [torch.empty(a, b, requires_grad=True) for a, b in pairwise(widths)]
    saved: list[torch.Tensor] = []

    def save(tensor: torch.Tensor) -> torch.Tensor:
        saved.append(tensor)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(save, lambda tensor: tensor):
        h = torch.empty(batch, widths[0])
        for weight in weights:
            h = h @ weight
    kept = [tensor for tensor in saved if not any(tensor is weight for weight in weights)]
    assert tensors.held_bytes(kept) == memory.activation_bytes(batch, widths, "fp32")


# --- part 3 ---------------------------------------------------------------------------------------------------


def view_of(shape: tuple[int, ...], strides: tuple[int, ...]) -> torch.Tensor:
    """A view with these sizes and strides."""
    return torch.empty(100).as_strided(shape, strides)


def shapes_of(elements: int) -> list[tuple[int, ...]]:
    """All shapes of up to three dimensions with so many elements, and those with a -1."""
    whole = [
        shape
        for dims in range(4)
        for shape in product(range(elements + 1) if elements < 4 else (1, 2, 3, 4, 6, 9, 12, 18), repeat=dims)
        if math.prod(shape) == elements
    ]
    return whole + [(*shape[:n], -1, *shape[n + 1 :]) for shape in whole for n in range(len(shape))]


SMALL = [
    (shape, strides)
    for dims in range(4)
    for shape in product((0, 1, 2, 3), repeat=dims)
    for strides in product((0, 1, 2, 3, 6), repeat=dims)
]


def test_contiguity_is_torchs_for_all_small_views() -> None:
    """Every shape and stride of up to three dimensions."""
    assert len(SMALL) > 8000
    for shape, strides in SMALL:
        assert views.is_contiguous(list(shape), list(strides)) == view_of(shape, strides).is_contiguous()


def test_new_strides_are_torchs() -> None:
    """Sizes of 0 and 1 included."""
    for shape in {shape for shape, _ in SMALL}:
        assert tuple(views.contiguous_strides(list(shape))) == torch.empty(shape).stride()


def test_views_and_reshapes_are_torchs_for_all_small_views() -> None:
    """Every small view into every shape: legal or not, with which strides, and whether reshape shares."""
    targets = {elements: shapes_of(elements) for elements in {math.prod(shape) for shape, _ in SMALL}}
    for shape, strides in SMALL[:: 1 + len(SMALL) // 1200]:
        x = view_of(shape, strides)
        for target in targets[x.numel()]:
            try:
                theirs: tuple[int, ...] | None = x.view(target).stride()
            except RuntimeError as error:
                theirs = None
                if "ambiguous" in str(error) or "unspecified" in str(error):
                    with pytest.raises(ValueError, match="-1"):
                        views.view_strides(list(shape), list(strides), list(target))
                    continue
            ours = views.view_strides(list(shape), list(strides), list(target))
            assert (ours is None) == (theirs is None), (shape, strides, target)
            resolved = x.reshape(target)
            if theirs is not None and ours is not None and x.numel():
                matter = [n for n, size in enumerate(resolved.shape) if size > 1]
                assert [ours[n] for n in matter] == [theirs[n] for n in matter], (shape, strides, target)
            if x.numel():
                shared = tensors.shares_storage(x, resolved)
                assert views.reshape_copies(list(shape), list(strides), list(target)) == (not shared)


@given(data=st.data())
def test_chains_allocate_what_torch_allocates(data: st.DataObject) -> None:
    """Random chains, each operation done by torch; what has another storage was allocated."""
    shape = data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    x, sizes_now = torch.empty(shape), shape
    chain: list[list[Any]] = []
    theirs: list[int] = []
    for _ in range(data.draw(st.integers(1, 6))):
        expanded = any(step[0] == "expand" for step in chain)
        operation, sizes_now = data.draw(operations(sizes_now, expanded=expanded))
        chain.append(operation)
        name, *arguments = operation
        if name == "slice":
            dim, start, stop, step = arguments
            y = x[(slice(None),) * dim + (slice(start, stop, step),)]
        elif name in ("expand", "reshape"):
            y = getattr(x, name)(tuple(arguments[0]))
        else:
            y = getattr(x, name)(*arguments)
        theirs.append(0 if tensors.shares_storage(x, y) else y.numel() * y.element_size())
        x = y
    assert views.allocated_bytes(shape, 4, chain) == theirs


# --- part 4 ---------------------------------------------------------------------------------------------------


@given(batch=st.lists(st.integers(1, 5), max_size=2), m=sizes, k=sizes, n=sizes)
def test_products_are_flop_counter_modes(batch: list[int], m: int, k: int, n: int) -> None:
    """Batched products on meta tensors; FlopCounterMode does not count those of vectors."""
    a, b = [*batch, m, k], [*batch, k, n]
    assert flops.matmul_flops(a, b) == counted(lambda: meta(*a) @ meta(*b))
    assert flops.matmul_flops([*batch, 1, m, k], [7, k, n]) == counted(
        lambda: meta(*batch, 1, m, k) @ meta(7, k, n)
    )


@given(batch=sizes, widths=st.lists(sizes, min_size=2, max_size=5), needs=st.booleans())
def test_chains_are_flop_counter_modes(batch: int, widths: list[int], needs: bool) -> None:
    """Forward and backward, with and without the gradient of the input."""
    weights = [meta(a, b, grad=True) for a, b in pairwise(widths)]
    outputs = [meta(batch, widths[0], grad=needs)]

    def forward() -> None:
        for weight in weights:
            outputs.append(outputs[-1] @ weight)

    ours = flops.linear_chain_flops(batch, widths, needs)
    assert ours == (counted(forward), counted(lambda: outputs[-1].sum().backward()))


@pytest.mark.parametrize("needs", [False, True])
def test_each_gradient_is_flop_counter_modes(needs: bool) -> None:
    """x, w1, h1, w2, h2: each gradient asked for by itself."""
    batch, d_in, d_hidden, d_out = 5, 7, 11, 13
    x, w1, w2 = meta(batch, d_in, grad=True), meta(d_in, d_hidden, grad=True), meta(d_hidden, d_out, grad=True)
    h1 = x @ w1
    h2 = h1 @ w2
    one = torch.empty_like(h2)
    named = flops.two_layer_flops(batch, d_in, d_hidden, d_out, needs)

    def gradient(of: torch.Tensor) -> int:
        return counted(lambda: torch.autograd.grad(h2, of, one, retain_graph=True))

    assert (named["h1"], named["h2"]) == (counted(lambda: x @ w1), counted(lambda: h1 @ w2))
    assert (named["grad_w2"], named["grad_h1"]) == (gradient(w2), gradient(h1))
    assert named["grad_w1"] == gradient(w1) - gradient(h1)
    assert named["grad_x"] == (gradient(x) - gradient(h1) if needs else 0)


class Block(torch.nn.Module):
    """A block of the handout's transformer, in torch's own layers."""

    def __init__(self, d_model: int, heads: int, head_dim: int, d_ff: int) -> None:
        super().__init__()
        self.heads, width = heads, heads * head_dim
        self.norms = torch.nn.ModuleList(torch.nn.LayerNorm(d_model) for _ in range(2))
        self.qkv = torch.nn.Linear(d_model, 3 * width)
        self.projection = torch.nn.Linear(width, d_model)
        self.up, self.down = torch.nn.Linear(d_model, d_ff), torch.nn.Linear(d_ff, d_model)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """One block."""
        batch, seq, _ = x.shape
        q, k, v = self.qkv(self.norms[0](x)).view(batch, seq, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        mixed = torch.softmax(q @ k.transpose(-1, -2), -1) @ v
        x = x + self.projection(mixed.transpose(1, 2).reshape(batch, seq, -1))
        narrowed: torch.Tensor = self.down(torch.nn.functional.gelu(self.up(self.norms[1](x))))
        return x + narrowed


class Transformer(torch.nn.Module):
    """The handout's transformer."""

    def __init__(
        self, vocab: int, context: int, layers: int, d_model: int, heads: int, head_dim: int, d_ff: int
    ) -> None:
        super().__init__()
        self.tokens, self.positions = torch.nn.Embedding(vocab, d_model), torch.nn.Embedding(context, d_model)
        self.blocks = torch.nn.ModuleList(Block(d_model, heads, head_dim, d_ff) for _ in range(layers))
        self.norm = torch.nn.LayerNorm(d_model)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Logits; the output layer is the token embedding."""
        x = self.tokens(ids) + self.positions.weight[: ids.shape[1]]
        for block in self.blocks:
            x = block(x)
        normed: torch.Tensor = self.norm(x)
        return normed @ self.tokens.weight.T


@pytest.mark.parametrize("config", [(50257, 1024, 12, 768, 12, 64, 3072), (101, 40, 3, 24, 5, 7, 50)])
def test_a_transformer_is_flop_counter_modes(config: tuple[int, ...]) -> None:
    """GPT-2 small, and one whose attention is not as wide as the model: parameters, forward, backward."""
    vocab, context, layers, d_model, heads, head_dim, d_ff = config
    with torch.device("meta"):
        model = Transformer(vocab, context, layers, d_model, heads, head_dim, d_ff)
        ids = torch.empty(2, 32, dtype=torch.long)
    ours = transformer.transformer_parameters(*config)
    assert ours["total"] == sum(parameter.numel() for parameter in model.parameters())
    assert ours["norms"] == sum(p.numel() for name, p in model.named_parameters() if "norm" in name)
    logits: list[torch.Tensor] = []
    counts = transformer.transformer_flops(2, 32, vocab, layers, d_model, heads, head_dim, d_ff)
    assert counts["forward"] == counted(lambda: logits.append(model(ids)))
    assert counts["backward"] == counted(lambda: logits[0].sum().backward())


# --- part 5 ---------------------------------------------------------------------------------------------------


def test_every_printed_mfu_is_within_three_thousandths() -> None:
    """All trainings on H100s: MFU and HFU, against the printed columns."""
    table = rows("gpt_training")
    assert len(table) > 70
    for row in table:
        each = utilization.flops_per_token(row["parameters"], row["layers"], row["d_model"], row["seq"])
        share = utilization.mfu(each, row["tokens_per_s_per_gpu"] * row["gpus"], row["gpus"], row["peak"])
        assert share * 100 == pytest.approx(row["mfu_percent_printed"], rel=0.003)
        again = utilization.hfu(share, row["checkpointing"])
        assert again * 100 == pytest.approx(row["hfu_percent_printed"], rel=0.003)


def test_every_printed_rate_of_a_convolution_is_within_a_hundredth() -> None:
    """All recorded convolutions and products: FLOPs, divided by times, against the printed TFLOP/s."""
    for row in rows("convolutions"):
        rate = gradients.achieved_flops(gradients.conv_flops(row["layer"]), row["forward_ms"])
        assert rate / 1e12 == pytest.approx(row["printed_tflops"], rel=0.01)
    for row in rows("products"):
        rate = gradients.achieved_flops(flops.matmul_flops([row["m"], row["k"]], [row["k"], row["n"]]), row["ms"])
        assert rate / 1e12 == pytest.approx(row["printed_tflops"], rel=0.01)


@pytest.mark.parametrize(
    "row", rows("convolutions")[::9], ids=lambda row: "x".join(map(str, row["layer"].values()))
)
def test_convolutions_are_flop_counter_modes(row: dict[str, Any]) -> None:
    """FLOPs of recorded convolutions, on meta tensors."""
    layer = row["layer"]
    x = meta(layer["batch"], layer["channels"], layer["height"], layer["width"])
    w = meta(layer["filters"], layer["channels"], layer["filter_height"], layer["filter_width"])
    stride, padding = ((layer[f"{name}_height"], layer[f"{name}_width"]) for name in ("stride", "pad"))
    conv = torch.nn.functional.conv2d
    assert gradients.conv_flops(layer) == counted(lambda: conv(x, w, stride=stride, padding=padding))


def test_every_recording_names_its_source() -> None:
    """Where figures come from, and under which licence."""
    for path in (FIXTURES / "timings").glob("*.json"):
        source = json.loads(path.read_text(encoding="utf-8"))["source"]
        assert "Apache-2.0" in source or "MIT" in source or source == "recorded by `make gpu`"


# --- part 5 ---------------------------------------------------------------------------------------------------

ticks = st.integers(1, 9)
programs = st.lists(
    st.tuples(st.sampled_from(["fn", "flush", "first", "second", "record", "wait"]), st.integers(0, 1)),
    max_size=25,
)


@given(
    program=programs,
    launch=st.integers(0, 4),
    works=st.lists(ticks, min_size=25, max_size=25),
    queue=st.integers(0, 1),
)
def test_the_fake_queues_are_a_device_that_ticks(
    program: list[tuple[str, int]], launch: int, works: list[int], queue: int
) -> None:
    """Events happen when they do if each queue is worked on tick by tick, and are unknown until then."""
    fast, slow = FakeQueues([2 * n for n in works], queue, (0, 0), launch, 6, cold_ms=0), Ticking()
    later, warm, number = iter(works), False, -1
    for call, place in program:
        if call == "record":
            number = fast.record(place)
            slow.event(place)
        elif call == "wait" and number >= 0:
            fast.synchronize(number)
            slow.wait(number)
        elif call == "flush":
            fast.flush()
            slow.step(launch, queue, 6)
            warm = False
        elif call == "fn":
            fast.fn()
            slow.step(launch, queue, next(later) * (1 if warm else 2))
            warm = True
        elif call in ("first", "second"):
            getattr(fast, call)()
            slow.step(launch, int(call == "second"), 2 * next(later))
    for event in range(number + 1):
        known = event in slow.happened
        assert fast.elapsed_ms(event, event) == 0
        if known and 0 in slow.happened:
            assert fast.elapsed_ms(0, event) == slow.happened[event] - slow.happened[0]
        else:
            assert fast.elapsed_ms(0, event) == 0


@given(costs=st.tuples(st.integers(1, 9), *[st.integers(0, 60)] * 3, st.integers(0, 40)))
def test_a_lower_precision_pays_where_it_is_faster_for_the_first_time(
    costs: tuple[int, int, int, int, int],
) -> None:
    """The first number of tokens, one after the other; none at all where the reference has none."""
    found = limits.pays_from(*costs)
    assert found == fractions_of_limits.pays_from(costs, most=max(found or 0, 400))


@pytest.mark.parametrize("gpu", ["h100_sxm", "h200_sxm"])
def test_what_limits_recorded_work_is_the_same_in_fractions(gpu: str) -> None:
    """The floor, and each timing's limit."""
    recorded, peak, bandwidth = work_of_linear_layers(gpu), 9895 * 10**11, 3350 * 10**9
    floor = limits.launch_floor_ms(recorded, peak, bandwidth)
    assert floor == fractions_of_limits.floor_ms(recorded, peak, bandwidth)
    for timing in recorded:
        ours = limits.limit(timing, floor, peak, bandwidth)
        assert ours == fractions_of_limits.limit(timing, floor, peak, bandwidth)


def test_the_recorded_products_add_up_to_the_recorded_steps() -> None:
    """On the B300, the four products' forward times are that of the layer, to the digits printed."""
    printed = {
        row["precision"]: row["ms"]
        for row in rows("transformer")
        if (row["gpu"], row["mode"], row["pass"]) == ("B300", "autocast", "forward")
    }
    for precision, total in printed.items():
        assert math.isclose(sum(layer["ms"][precision] for layer in layers_of_a_b300()), total, abs_tol=0.0021)
