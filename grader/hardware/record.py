"""Records timings of this machine, as a fixture like those of fixtures/timings/."""

from __future__ import annotations

import gc
import json
import platform
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import product
from statistics import median
from typing import Any

import torch

from grader.hardware.known import ask, this_gpu
from grader.hardware.machines import Machine, machine, why_no_gpu
from grader.hardware.measuring import PATIENCE_S, Flush, measure, row
from grader.hardware.watching import Watch, watching
from grader.hardware.works import Made, attention, block, convolution, elementwise, linear, products

Named = tuple[str, Made]
Say = Callable[[str], object]
DTYPES = {"tfloat32": torch.float32}
"""What torch calls a format that is a way to multiply, and not one to store."""

CLOCKS_AGREE = 0.1
"""How far the device's own clock and the host's may be apart for a long piece of work."""


def cases(name: str) -> Iterator[Named]:
    """A format and an operation, by size: small ones are bound by launching, large ones by bytes or FLOPs.

    >>> sorted({dtype for dtype, _ in cases("cpu")})
    ['float32']
    """
    if name != "cuda":
        for made in (linear(64, 256, 256), attention(1, 2, 64, 32), block(1, 64, 128, 32)):
            yield "float32", made
        yield "float32", convolution(2, 16, 14, 16, 3, 1)
        yield "float32", elementwise("gelu", 256, 256)
        return
    for dtype in ("bfloat16", "float32"):
        for batch, width in product((1, 16, 128, 1024, 4096, 16384), (1024, 4096, 8192)):
            if dtype == "bfloat16" or batch <= 4096:
                yield dtype, linear(batch, width, width)
        for batch, d_in, d_out in ((2048, 4096, 16384), (2048, 16384, 4096), (8192, 1024, 32768)):
            yield dtype, linear(batch, d_in, d_out)
        for batch, length in ((32, 128), (8, 512), (4, 2048), (2, 4096), (1, 8192), (1, 16384)):
            yield dtype, attention(batch, 16, length, 64)
        yield dtype, attention(4, 16, 2048, 128)
        for sizes in (
            (32, 64, 56, 64, 3, 1),
            (32, 128, 28, 128, 3, 1),
            (32, 256, 14, 256, 3, 1),
            (32, 512, 7, 512, 3, 1),
            (32, 256, 56, 512, 1, 2),
            (32, 3, 224, 64, 7, 2),
            (256, 256, 14, 1024, 1, 1),
        ):
            yield dtype, convolution(*sizes)
        for batch, length, d_model in ((1, 128, 768), (1, 1024, 768), (8, 1024, 768), (8, 1024, 2048)):
            yield dtype, block(batch, length, d_model)
        for batch, length, d_model in ((4, 2048, 4096), (1, 8192, 4096)):
            yield dtype, block(batch, length, d_model)
        for op, (rows, width) in product(
            ("add", "gelu", "softmax", "layer_norm"), ((64, 1024), (4096, 1024), (16384, 8192))
        ):
            yield dtype, elementwise(op, rows, width)
        yield from products(8192) if dtype == "bfloat16" else ()


def record(seconds: float = 300, say: Say = str) -> dict[str, Any]:
    """Forward and backward milliseconds of operations on the GPU, or on the CPU where there is none.

    Args:
        seconds: where they have passed, the rest is left out, and `left_out` counts it.
        say: told each row, in a line.

    >>> sorted(record(seconds=0.0))  # doctest: +NORMALIZE_WHITESPACE
    ['clocks', 'date', 'device', 'driver', 'known_as', 'left_out', 'memory_gib', 'power_limit_w', 'python', 'rows',
     'source', 'sustained', 'torch', 'transfers']
    """
    name = "cpu" if why_no_gpu() else "cuda"
    until = time.perf_counter() + seconds
    patience_s = PATIENCE_S if name == "cuda" else 0.05
    rows: list[dict[str, Any]] = []
    left_out = 0
    with machine(name) as device, watching() as watch:
        about = _about(name)
        flush = Flush(name)
        clocks = _two_clocks(device)
        transfers = _transfers(device) if name == "cuda" else []
        sustained = _sustained(device, watch) if name == "cuda" else []
        for dtype, made in cases(name):
            if time.perf_counter() > until:
                left_out += 1
                continue
            rows.append(_row(device, dtype, made, flush, watch, patience_s))
            say(line(rows[-1]))
    source = "recorded by `make gpu`"
    rest = {"rows": rows, "left_out": left_out, "transfers": transfers, "sustained": sustained, "clocks": clocks}
    return {"source": source} | about | rest


def json_lines(made: dict[str, object]) -> str:
    """JSON with each row in a line of its own.

    >>> print(json_lines({"device": "x", "rows": [{"op": "add"}, {"op": "gelu"}]}), end="")
    {
     "device": "x",
     "rows": [
      {"op": "add"},
      {"op": "gelu"}
     ]
    }
    """
    fields = []
    for name, value in made.items():
        text = json.dumps(value)
        if isinstance(value, list) and value and isinstance(value[0], dict):
            text = "[\n" + ",\n".join(f"  {json.dumps(each)}" for each in value) + "\n ]"
        fields.append(f" {json.dumps(name)}: {text}")
    return "{\n" + ",\n".join(fields) + "\n}\n"


def line(made: dict[str, Any]) -> str:
    """A row in a line.

    >>> line({"op": "add", "dtype": "float32", "sizes": {"rows": 1, "width": 2}, "forward_ms": 0.5})
    'add float32 rows=1 width=2: forward 0.5 ms'
    """
    sizes = " ".join(f"{name}={size}" for name, size in made["sizes"].items())
    if "error" in made:
        return f"{made['op']} {made['dtype']}: {made['error']}"
    passes = (f"{name} {made[f'{name}_ms']} ms" for name in PASSES if f"{name}_ms" in made)
    said = f" ({made['said']})" if "said" in made else ""
    return f"{made['op']} {made['dtype']} {sizes}: {', '.join(passes)}{said}"


PASSES = ("forward", "backward", "grad_x", "grad_w")


def _about(name: str) -> dict[str, Any]:
    said = ask("driver_version", "power.default_limit", "memory.total")
    gpu = this_gpu() if name == "cuda" else None
    return {
        "device": torch.cuda.get_device_name(0) if name == "cuda" else platform.processor() or platform.machine(),
        "known_as": gpu.label if gpu else "",
        "memory_gib": round(float(said.get("memory.total") or 0) / 1024, 1),
        "power_limit_w": float(said.get("power.default_limit") or 0),
        "driver": said.get("driver_version", "none"),
        "torch": torch.__version__,
        "python": platform.python_version(),
        "date": datetime.now(UTC).date().isoformat(),
    }


def _row(device: Machine, dtype: str, made: Made, flush: Flush, watch: Watch, patience_s: float) -> dict[str, Any]:
    start = time.perf_counter()
    try:
        with _multiplying(dtype):
            case = made(device.name, DTYPES.get(dtype) or getattr(torch, dtype))
            measured = {name: measure(device, work, flush, patience_s) for name, work in case.passes.items()}
    except (RuntimeError, AttributeError) as problem:  # a format or a size that this device does not have
        device.synchronize()
        return {
            "op": made.__qualname__.partition(".")[0],
            "dtype": dtype,
            "sizes": {},
            "error": str(problem).partition("\n")[0][:200],
        }
    finally:
        gc.collect()
    counted = {"flops": case.flops, "bytes": case.bytes}
    return {"op": case.op, "dtype": dtype, "sizes": case.sizes} | row(measured) | counted | watch.clocks(start)


@contextmanager
def _multiplying(dtype: str) -> Iterator[None]:
    """float32 is multiplied as such, unless TF32 is asked for."""
    cudnn, matmul = torch.backends.cudnn, torch.backends.cuda.matmul
    before = cudnn.allow_tf32, matmul.allow_tf32
    cudnn.allow_tf32 = matmul.allow_tf32 = dtype == "tfloat32"
    try:
        yield
    finally:
        cudnn.allow_tf32, matmul.allow_tf32 = before


def _two_clocks(device: Machine) -> dict[str, Any]:
    """A long piece of work by the device's own clock and by the host's: they must agree."""
    n = 8192 if device.name == "cuda" else 768
    a = torch.randn(n, n, device=device.name)
    apart = []
    for _ in range(5):
        device.synchronize()
        device.times.clear()
        start = time.perf_counter()
        device.launch(lambda: a @ a)
        device.synchronize()
        apart.append((time.perf_counter() - start) / device.times[-1] - 1)
    return {"host_over_device": round(1 + median(apart), 4), "agree": abs(median(apart)) <= CLOCKS_AGREE}


def _transfers(device: Machine) -> list[dict[str, Any]]:
    """Copies between host and device, from pageable and from pinned memory."""
    found = []
    for size in (4 << 10, 64 << 10, 1 << 20, 16 << 20, 256 << 20):
        pageable = torch.ones(size, dtype=torch.uint8)
        pinned = pageable.pin_memory()
        there, beside = (torch.empty(size, dtype=torch.uint8, device=device.name) for _ in range(2))
        ways: dict[str, Callable[[], object]] = {
            "to the device, pageable": lambda a=there, b=pageable: a.copy_(b),  # type: ignore[misc]
            "to the device, pinned": lambda a=there, b=pinned: a.copy_(b, non_blocking=True),  # type: ignore[misc]
            "to the host, pinned": lambda a=pinned, b=there: a.copy_(b, non_blocking=True),  # type: ignore[misc]
            "within the device": lambda a=there, b=beside: a.copy_(b),  # type: ignore[misc]
        }
        for way, copy in ways.items():
            device.times.clear()
            device.hold(0.002)
            for _ in range(12):
                device.launch(copy)
            device.synchronize()
            found.append({"way": way, "bytes": size, "ms": round(median(device.times[2:]) * 1e3, 5)})
    return found


def _sustained(device: Machine, watch: Watch, seconds: float = 6.0) -> list[dict[str, Any]]:
    """Products one after another: their rate, the clock and the power, twenty times a second."""
    n = 8192
    a, b = (torch.randn(n, n, device=device.name, dtype=torch.bfloat16) for _ in range(2))
    found: list[dict[str, Any]] = []
    begun = time.perf_counter()
    while (start := time.perf_counter()) < begun + seconds:
        device.times.clear()
        for _ in range(30):
            device.launch(lambda: a @ b)
        device.synchronize()
        rate = {"at_s": round(start - begun, 3), "tflops": round(2 * n**3 / median(device.times) / 1e12, 1)}
        if read := watch.since(start):
            rate |= {"sm_mhz": read[-1].sm_mhz, "watts": read[-1].watts, "celsius": read[-1].celsius}
        found.append(rate | watch.clocks(start))
    return found
