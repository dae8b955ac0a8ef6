"""Which GPU this is: its name alone doesn't tell, since one name stands for cards of several speeds."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass

_TERA, _GIGA = 10**12, 10**9


@dataclass(frozen=True, slots=True)
class Gpu:
    """One row of a data sheet: dense FLOPs per second in bfloat16, bytes per second, and what tells it apart.

    `memory_gib` and `power_w` are bounds of what `nvidia-smi` says: its memory, and its default power limit.
    """

    label: str
    name: str
    memory_gib: tuple[int, int]
    power_w: tuple[int, int]
    bf16: int
    bytes_per_s: int


KNOWN = (
    Gpu("A100 SXM 40 GB", "A100", (38, 41), (360, 500), 312 * _TERA, 1555 * _GIGA),
    Gpu("A100 SXM 80 GB", "A100", (78, 81), (360, 500), 312 * _TERA, 2039 * _GIGA),
    Gpu("A100 PCIe 40 GB", "A100", (38, 41), (200, 359), 312 * _TERA, 1555 * _GIGA),
    Gpu("A100 PCIe 80 GB", "A100", (78, 81), (200, 359), 312 * _TERA, 1935 * _GIGA),
    Gpu("H100 SXM", "H100", (78, 81), (500, 750), 1979 * _TERA // 2, 3350 * _GIGA),
    Gpu("H100 PCIe", "H100", (78, 81), (200, 499), 1513 * _TERA // 2, 2000 * _GIGA),
    Gpu("H100 NVL", "H100", (91, 95), (200, 499), 1671 * _TERA // 2, 3900 * _GIGA),
    Gpu("H200 SXM", "H200", (137, 141), (650, 750), 1979 * _TERA // 2, 4800 * _GIGA),
    Gpu("H200 NVL", "H200", (137, 141), (200, 649), 1671 * _TERA // 2, 4800 * _GIGA),
    Gpu("B200", "B200", (170, 192), (800, 1300), 4500 * _TERA // 2, 7700 * _GIGA),
)
"""Source: NVIDIA's data sheets of the A100 (2021), H100 (2023: SXM, PCIe, NVL), H200 and HGX B200 (2024)."""


def which(name: str, memory_gib: float, power_w: float) -> Gpu | None:
    """The data sheet that fits a device's name, its memory and its default power limit; None if there is none.

    A part of a GPU (MIG) has less memory than any whole one, and so has no data sheet here.

    >>> which("NVIDIA H100 80GB HBM3", 79.6, 700).label, which("NVIDIA H100 PCIe", 79.6, 350).label
    ('H100 SXM', 'H100 PCIe')
    >>> which("NVIDIA H100 80GB HBM3 MIG 1g.10gb", 9.8, 700) is None
    True
    """
    for gpu in KNOWN:
        (least, most), (low, high) = gpu.memory_gib, gpu.power_w
        if gpu.name in name and least <= memory_gib <= most and low <= power_w <= high:
            return gpu
    return None


def smi(*fields: str) -> list[str]:
    """The command that asks for these fields of the first GPU, in a line; none where there is no such program.

    >>> smi("name")[1:] in ([], ["--query-gpu=name", "--format=csv,noheader,nounits", "--id=0"])
    True
    """
    program = shutil.which("nvidia-smi")
    return (
        [program, f"--query-gpu={','.join(fields)}", "--format=csv,noheader,nounits", "--id=0"] if program else []
    )


def ask(*fields: str) -> dict[str, str]:
    """What `nvidia-smi` says of the first GPU, by field; nothing where there is no such program, or no answer.

    >>> ask("no.such.field")
    {}
    """
    asked = smi(*fields)
    if not asked:
        return {}
    try:
        done = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return {}
    values = [value.strip() for value in done.stdout.partition("\n")[0].split(",")]
    return dict(zip(fields, values, strict=True)) if done.returncode == 0 and len(values) == len(fields) else {}


def this_gpu() -> Gpu | None:
    """The data sheet of the first GPU, where `nvidia-smi` tells enough."""
    said = ask("name", "memory.total", "power.default_limit")
    try:
        memory_gib, power_w = float(said["memory.total"]) / 1024, float(said["power.default_limit"])
    except (KeyError, ValueError):
        return None
    return which(said["name"], memory_gib, power_w)
