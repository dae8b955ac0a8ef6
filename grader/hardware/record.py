"""Records timings of this machine, as a fixture like those of fixtures/timings/."""

from __future__ import annotations

import platform
import shutil
import subprocess
from datetime import UTC, datetime
from statistics import median
from typing import Any

import torch

from grader.hardware.machines import Machine, chain, dtype_of, machine, run, why_no_gpu

SIZES = {
    "cuda": [(1024, 1024), (4096, 4096), (8192, 8192), (16384, 8192), (128, 8192)],
    "cpu": [(64, 512), (256, 512), (256, 1024)],
}
"""Batch and width of one linear layer, whose input needs a gradient."""

REPEATS = 10


def record() -> dict[str, Any]:
    """Forward and backward milliseconds of linear layers on the GPU, or on the CPU where there is none.

    Medians of the device's own times: CUDA events on a GPU. `clocks_mhz` is what nvidia-smi says while it works.

    >>> sorted(record())
    ['clocks_mhz', 'date', 'device', 'driver', 'dtype', 'layers', 'python', 'source', 'torch']
    """
    name = "cpu" if why_no_gpu() else "cuda"
    with machine(name) as device:
        layers = [_layer(device, batch, width) for batch, width in SIZES[name]]
    driver, *clocks = _nvidia()
    return {
        "source": "recorded by `grader hardware --record`",
        "device": torch.cuda.get_device_name(0) if name == "cuda" else platform.processor() or platform.machine(),
        "driver": driver,
        "clocks_mhz": clocks,
        "torch": torch.__version__,
        "python": platform.python_version(),
        "date": datetime.now(UTC).date().isoformat(),
        "dtype": dtype_of(name),
        "layers": layers,
    }


def _layer(device: Machine, batch: int, width: int) -> dict[str, Any]:
    forward, backward, clear = chain(device.name, batch, [width, width])
    device.times.clear()
    run(device, (clear, forward, backward), 3 + REPEATS)
    forward_s, backward_s = (median(device.times[9 + n :: 3]) for n in (1, 2))
    return {
        "batch": batch,
        "width": width,
        "forward_flops": 2 * batch * width**2,
        "forward_ms": round(forward_s * 1e3, 4),
        "backward_ms": round(backward_s * 1e3, 4),
    }


def _nvidia() -> list[Any]:
    """Driver, and the clocks of SM and memory; ["none"] without a GPU."""
    if shutil.which("nvidia-smi") is None:
        return ["none"]
    asked = ["nvidia-smi", "--query-gpu=driver_version,clocks.sm,clocks.mem", "--format=csv,noheader,nounits"]
    said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    first = said.partition("\n")[0].split(", ")
    return [first[0], *(int(clock) for clock in first[1:] if clock.isdigit())] if said else ["none"]
