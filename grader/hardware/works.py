"""What is timed: operations of a model with their FLOPs and bytes, each pass by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from grader.hardware.machines import Work

Tensor = torch.Tensor


@dataclass(frozen=True, slots=True)
class Case:
    """One operation at one size.

    `flops` counts a multiply-add as 2, by pass; `bytes` are those that each pass must read and write at least,
    every tensor once.
    """

    op: str
    sizes: dict[str, Any]
    passes: dict[str, Work]
    flops: dict[str, int] = field(default_factory=dict)
    bytes: dict[str, int] = field(default_factory=dict)


Made = Callable[[str, torch.dtype], Case]


def linear(batch: int, d_in: int, d_out: int) -> Made:
    """A product x @ w, and the products of its two gradients, each alone.

    >>> linear(2, 3, 5)("cpu", torch.float32).flops
    {'forward': 60, 'grad_x': 60, 'grad_w': 60}
    """

    def make(device: str, dtype: torch.dtype) -> Case:
        x, w, g = (_random(device, dtype, *shape) for shape in ((batch, d_in), (d_in, d_out), (batch, d_out)))
        flops = 2 * batch * d_in * d_out
        moved = x.element_size() * (x.numel() + w.numel() + g.numel())
        passes: dict[str, Work] = {
            "forward": lambda: x @ w,
            "grad_x": lambda: g @ w.t(),
            "grad_w": lambda: x.t() @ g,
        }
        sizes = {"batch": batch, "d_in": d_in, "d_out": d_out}
        return Case("linear", sizes, passes, dict.fromkeys(passes, flops), dict.fromkeys(passes, moved))

    return make


def attention(batch: int, heads: int, length: int, d_head: int) -> Made:
    """Causal scaled dot-product attention; FLOPs of the half that the mask keeps, with its diagonal.

    Backward needs five products where forward has two: the scores are computed again.
    """

    def make(device: str, dtype: torch.dtype) -> Case:
        q, k, v = (_random(device, dtype, batch, heads, length, d_head).requires_grad_() for _ in range(3))
        product = 2 * batch * heads * d_head * (length * (length + 1) // 2)
        passes = _passes(lambda: functional.scaled_dot_product_attention(q, k, v, is_causal=True), q, k, v)
        sizes = {"batch": batch, "heads": heads, "length": length, "d_head": d_head}
        moved = q.element_size() * q.numel()
        return Case(
            "attention",
            sizes,
            passes,
            {"forward": 2 * product, "backward": 5 * product},
            {"forward": 4 * moved, "backward": 8 * moved},
        )

    return make


def convolution(images: int, channels: int, side: int, filters: int, window: int, stride: int) -> Made:
    """A square convolution padded to keep the side, and its two gradients, each alone."""

    def make(device: str, dtype: torch.dtype) -> Case:
        x = _random(device, dtype, images, channels, side, side)
        w = _random(device, dtype, filters, channels, window, window)
        padding = window // 2
        y = functional.conv2d(x, w, stride=stride, padding=padding)
        g = torch.randn_like(y)

        def gradient(of_x: bool) -> Work:
            mask = [of_x, not of_x, False]
            rest: tuple[Any, ...] = ([stride] * 2, [padding] * 2, [1, 1], False, [0, 0], 1, mask)
            return lambda: torch.ops.aten.convolution_backward(g, x, w, None, *rest)

        passes: dict[str, Work] = {
            "forward": lambda: functional.conv2d(x, w, stride=stride, padding=padding),
            "grad_x": gradient(True),
            "grad_w": gradient(False),
        }
        flops = 2 * y.numel() * channels * window**2
        moved = x.element_size() * (x.numel() + w.numel() + y.numel())
        sizes = {"images": images, "channels": channels, "side": side, "filters": filters, "window": window}
        sizes["stride"] = stride
        return Case("convolution", sizes, passes, dict.fromkeys(passes, flops), dict.fromkeys(passes, moved))

    return make


class Block(nn.Module):
    """A transformer's layer: attention, then two linear layers four times as wide, each after a norm."""

    def __init__(self, d_model: int, d_head: int) -> None:
        super().__init__()
        self.heads, self.d_head = d_model // d_head, d_head
        self.norms = nn.ModuleList(nn.LayerNorm(d_model) for _ in range(2))
        self.qkv = nn.Linear(d_model, 3 * d_model, bias=False)
        self.out = nn.Linear(d_model, d_model, bias=False)
        self.up = nn.Linear(d_model, 4 * d_model, bias=False)
        self.down = nn.Linear(4 * d_model, d_model, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, length, d_model) to the same."""
        batch, length, d_model = x.shape
        qkv = self.qkv(self.norms[0](x)).view(batch, length, 3, self.heads, self.d_head)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2)
        x = x + self.out(mixed.reshape(batch, length, d_model))
        added: Tensor = x + self.down(functional.gelu(self.up(self.norms[1](x))))
        return added


def block(batch: int, length: int, d_model: int, d_head: int = 64) -> Made:
    """A transformer's layer. FLOPs of its matrix products alone; attention's half that the mask keeps."""

    def make(device: str, dtype: torch.dtype) -> Case:
        layer = Block(d_model, d_head).to(device, dtype)
        x = _random(device, dtype, batch, length, d_model).requires_grad_()
        passes = _passes(lambda: layer(x), x, *layer.parameters())
        linears = 2 * batch * length * 12 * d_model**2
        product = 2 * batch * d_model * (length * (length + 1) // 2)
        flops = {"forward": linears + 2 * product, "backward": 2 * linears + 5 * product}
        sizes = {"batch": batch, "length": length, "d_model": d_model, "d_head": d_head}
        return Case("transformer block", sizes, passes, flops)

    return make


def elementwise(op: str, rows: int, width: int) -> Made:
    """Work whose time is that of moving bytes: add, gelu, softmax or layer_norm of a matrix."""
    functions: dict[str, Callable[[Tensor], Tensor]] = {
        "add": lambda x: x + x,
        "gelu": functional.gelu,
        "softmax": lambda x: functional.softmax(x, -1),
        "layer_norm": lambda x: functional.layer_norm(x, x.shape[-1:]),
    }

    def make(device: str, dtype: torch.dtype) -> Case:
        x = _random(device, dtype, rows, width).requires_grad_()
        passes = _passes(lambda: functions[op](x), x)
        if op == "add":
            del passes["backward"]
        moved = x.element_size() * x.numel()
        counted = {"forward": 2 * moved, "backward": 3 * moved}
        return Case(op, {"rows": rows, "width": width}, passes, {}, {name: counted[name] for name in passes})

    return make


def products(n: int) -> Iterator[tuple[str, Made]]:
    """One square product, in each precision that the device has; zeros show what power costs."""

    def plain(of: Callable[..., Tensor], data: str) -> Made:
        def make(device: str, dtype: torch.dtype) -> Case:
            a, b = (of(n, n, device=device).to(dtype) for _ in range(2))
            return _product(n, data, lambda: a @ b, 3 * a.element_size() * n * n)

        return make

    def eighth(quantized_before: bool) -> Made:
        def make(device: str, dtype: torch.dtype) -> Case:
            wide = [torch.randn(n, n, device=device, dtype=torch.bfloat16) for _ in range(2)]
            (a, sa), (b, sb) = (_quantized(each, dtype) for each in wide)

            def work() -> object:
                (x, sx), (y, sy) = ((a, sa), (b, sb))
                if not quantized_before:
                    (x, sx), (y, sy) = (_quantized(each, dtype) for each in wide)
                return torch._scaled_mm(x, y.t(), scale_a=sx, scale_b=sy, out_dtype=torch.bfloat16)

            said = "random, quantized before" if quantized_before else "random, quantized from bfloat16 each time"
            return _product(n, said, work, 4 * n * n)

        return make

    yield "float32", plain(torch.randn, "random")
    yield "tfloat32", plain(torch.randn, "random")
    yield "float16", plain(torch.randn, "random")
    yield "bfloat16", plain(torch.randn, "random")
    yield "bfloat16", plain(torch.zeros, "zeros")
    yield "float8_e4m3fn", eighth(True)
    yield "float8_e4m3fn", eighth(False)


def _product(n: int, data: str, work: Work, moved: int) -> Case:
    return Case("product", {"n": n, "data": data}, {"forward": work}, {"forward": 2 * n**3}, {"forward": moved})


def _quantized(x: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    scale = x.abs().max().float() / torch.finfo(dtype).max
    return (x / scale).to(dtype), scale


def _random(device: str, dtype: torch.dtype, *shape: int) -> Tensor:
    return torch.randn(*shape, device=device, dtype=dtype)


def _passes(forward: Callable[[], Tensor], *inputs: Tensor) -> dict[str, Work]:
    """Forward, and backward to all inputs of the output of one forward pass."""
    output = forward()
    g = torch.randn_like(output)

    def backward() -> object:
        return torch.autograd.grad(output, inputs, g, retain_graph=True)

    return {"forward": forward, "backward": backward}
