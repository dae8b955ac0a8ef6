"""Devices that really work asynchronously, and time their work themselves."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

import torch

from grader.hardware.known import this_gpu

Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Bands:
    """What is accepted. A submission's times are compared with the device's own of the same runs.

    `relative` and `absolute_s` bound how far they may be apart: calls take time, too. `ratio` bounds backward over
    forward of large layers, which is 2 by FLOPs.
    """

    relative: float
    absolute_s: float
    ratio: tuple[float, float]


BANDS = {"cuda": Bands(0.05, 0.002, (1.5, 2.7)), "cpu": Bands(0.3, 0.02, (1.0, 5.0))}
"""A CPU is shared with all else on its machine, and its threads wake up when they like."""

FLOOR = 0.35
"""The share of a known GPU's dense peak that large products in bfloat16 reach at least: half of the usual one."""

ENOUGH_S = 0.02
"""What the work of a measurement takes at least, so that calls do not matter."""


class Machine(Protocol):
    """Starts work and returns at once; `synchronize` waits for all of it; `times` has the device's own seconds."""

    name: str
    times: list[float]
    pending: int
    """Works that were started since `synchronize` last returned."""

    def launch(self, work: Work) -> None:
        """Start work."""

    def start(self, work: Work) -> None:
        """The same, untimed by the device."""

    def synchronize(self) -> None:
        """Wait for all work, and know its times."""

    def hold(self, seconds: float) -> None:
        """Keep the device busy so long, so that what is started next waits in its queue."""


class Cuda:
    """The first GPU; its own times are those of CUDA events."""

    name = "cuda"

    def __init__(self) -> None:
        self.times: list[float] = []
        self.pending = 0
        self._events: list[tuple[Any, Any]] = []

    def launch(self, work: Work) -> None:
        """Between two events."""
        self.pending += 1
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        work()
        end.record()
        self._events.append((start, end))

    def start(self, work: Work) -> None:
        """Without events."""
        self.pending += 1
        work()

    def synchronize(self) -> None:
        """Wait, and read the events."""
        torch.cuda.synchronize()
        self.times += [start.elapsed_time(end) / 1000 for start, end in self._events]
        self._events.clear()
        self.pending = 0

    def hold(self, seconds: float) -> None:
        """A kernel that counts clock cycles, of which there are at most two in a nanosecond."""
        torch.cuda._sleep(int(seconds * 2e9))


class Cpu:
    """One thread that does work in the order in which it was started, and times it."""

    name = "cpu"

    def __init__(self, thread: ThreadPoolExecutor) -> None:
        self.times: list[float] = []
        self.pending = 0
        self._thread = thread
        self._works: list[Future[float]] = []
        self._untimed: list[Future[object]] = []

    def launch(self, work: Work) -> None:
        """Queue it."""
        self.pending += 1
        self._works.append(self._thread.submit(_timed, work))

    def start(self, work: Work) -> None:
        """Queue it; its time is not kept."""
        self.pending += 1
        self._untimed.append(self._thread.submit(work))

    def synchronize(self) -> None:
        """Wait for the queue."""
        self.times += [work.result() for work in self._works]
        for each in self._untimed:
            each.result()
        self._untimed.clear()
        self._works.clear()
        self.pending = 0

    def hold(self, seconds: float) -> None:
        """Nothing: its own times are taken where the work is done, and starting it is no part of them."""


def _timed(work: Work) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


@contextmanager
def machine(name: str) -> Iterator[Machine]:
    """`"cuda"` or `"cpu"`.

    >>> with machine("cpu") as device:
    ...     device.launch(lambda: None)
    ...     device.synchronize()
    ...     len(device.times)
    1
    """
    if name == "cuda":
        yield Cuda()
        return
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # several wait for each other wherever one of them has to wait for a processor
    try:
        with ThreadPoolExecutor(1) as thread:
            yield Cpu(thread)
    finally:
        torch.set_num_threads(threads)


def why_no_gpu() -> str | None:
    """The reason in words, or None where there is a GPU.

    >>> (why_no_gpu() is None) == torch.cuda.is_available()
    True
    """
    if torch.cuda.is_available():
        return None
    if torch.version.cuda is None:
        return f"torch {torch.__version__} is a build without CUDA"
    return f"torch {torch.__version__} finds no GPU"


def dtype_of(name: str) -> str:
    """What is multiplied: bfloat16 on a GPU, float32 on a CPU."""
    return "bfloat16" if name == "cuda" else "float32"


def chain(name: str, batch: int, widths: list[int]) -> tuple[Work, Work, Work]:
    """Forward pass, backward pass and clearing of gradients of linear layers, whose input needs a gradient."""
    dtype = getattr(torch, dtype_of(name))
    shapes = [(batch, widths[0]), *pairwise(widths)]
    tensors = [torch.randn(a, b, device=name, dtype=dtype).requires_grad_() for a, b in shapes]
    ones = torch.ones(batch, widths[-1], device=name, dtype=dtype)
    outputs: list[torch.Tensor] = []

    def forward() -> None:
        h = tensors[0]
        for weight in tensors[1:]:
            h = h @ weight
        outputs[:] = [h]

    def backward() -> None:
        outputs[0].backward(ones)

    def clear() -> None:
        for tensor in tensors:
            tensor.grad = None

    return forward, backward, clear


def run(device: Machine, works: Iterable[Work], times: int) -> None:
    """Start these one after another, so many times, and wait for all."""
    for work in [*works] * times:
        device.launch(work)
    device.synchronize()


def long_enough(device: Machine, work: Work) -> Work:
    """The work, repeated until it takes `ENOUGH_S`."""
    for _ in range(2):  # the first is slow
        run(device, [work], 1)
    times = max(1, round(ENOUGH_S / max(device.times[-1], 1e-6)))
    device.times.clear()
    return lambda: [work() for _ in range(times)]


def peak(name: str) -> float:
    """Dense FLOPs per second that nothing here exceeds.

    From the data sheet of a GPU that is known; else three times the best of some large products.
    """
    if name == "cuda" and (known := this_gpu()):
        return float(known.bf16)
    n = 4096 if name == "cuda" else 512
    with machine(name) as device:
        a = torch.randn(n, n, device=name, dtype=getattr(torch, dtype_of(name)))
        run(device, [lambda: a @ a], 10)
    return 3 * 2 * n**3 / min(device.times)


def floor(name: str) -> float:
    """The MFU that large products reach at least; 0 where no data sheet is known.

    >>> floor("cpu")
    0.0
    """
    return FLOOR if name == "cuda" and this_gpu() else 0.0
