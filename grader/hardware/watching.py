"""Clocks, power and what holds them down, read while a GPU works: before and after, it may be idle."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from grader.hardware.known import smi

REASONS = {
    0x004: "software power cap",
    0x008: "hardware slowdown",
    0x010: "sync boost",
    0x020: "software thermal slowdown",
    0x040: "hardware thermal slowdown",
    0x080: "hardware power brake",
}
"""Bits of nvidia-smi's clocks_event_reasons.active, by what they say; the others (idle, settings) are no limit."""

_EVERY_MS = 50


@dataclass(frozen=True, slots=True)
class Reading:
    """One line of nvidia-smi, and when it came by the host's clock."""

    at: float
    sm_mhz: int
    reasons: int
    watts: float
    celsius: int


@dataclass(slots=True)
class Watch:
    """All readings so far; empty on a machine without nvidia-smi."""

    readings: list[Reading] = field(default_factory=list)

    def since(self, start: float) -> list[Reading]:
        """Those that came after a time of `time.perf_counter`."""
        return [reading for reading in self.readings if reading.at >= start]

    def clocks(self, start: float) -> dict[str, object]:
        """What a row of a recording says of them: lowest and highest clock, and what held it down.

        >>> Watch([Reading(1.0, 1980, 0x1, 90.0, 40), Reading(2.0, 1410, 0x4, 699.0, 60)]).clocks(0.5)
        {'sm_mhz': [1410, 1980], 'held_down_by': ['software power cap']}
        """
        found = self.since(start)
        if not found:
            return {}
        mhz = [reading.sm_mhz for reading in found]
        return {"sm_mhz": [min(mhz), max(mhz)], "held_down_by": names(*(reading.reasons for reading in found))}


def names(*reasons: int) -> list[str]:
    """The limits among these bits, in words.

    >>> names(0x1, 0x24)
    ['software power cap', 'software thermal slowdown']
    """
    return [name for bit, name in REASONS.items() if any(bit & each for each in reasons)]


def parsed(line: str, at: float) -> Reading | None:
    """A line as `nvidia-smi` prints it, or None if it is another.

    >>> parsed("1980, 0x0000000000000004, 207.04, 41", 1.0)
    Reading(at=1.0, sm_mhz=1980, reasons=4, watts=207.04, celsius=41)
    >>> parsed("[N/A], 0x0, 1, 2", 1.0) is None
    True
    """
    try:
        mhz, reasons, watts, celsius = (part.strip() for part in line.split(","))
        return Reading(at, int(mhz), int(reasons, 16), float(watts), int(celsius))
    except ValueError:
        return None


@contextmanager
def watching() -> Iterator[Watch]:
    """Read twenty times a second, in a process and a thread of their own.

    >>> with watching() as watch:
    ...     isinstance(watch.readings, list)
    True
    """
    watch = Watch()
    asked = smi("clocks.sm", "clocks_event_reasons.active", "power.draw", "temperature.gpu")
    if not asked:
        yield watch
        return
    with subprocess.Popen(
        [*asked, f"--loop-ms={_EVERY_MS}"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:

        def read() -> None:
            for line in process.stdout or ():
                if reading := parsed(line, time.perf_counter()):
                    watch.readings.append(reading)

        thread = threading.Thread(target=read, daemon=True)
        thread.start()
        try:
            yield watch
        finally:
            process.kill()
            thread.join(5)
