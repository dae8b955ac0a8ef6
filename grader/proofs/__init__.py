"""The tests of the tests: planted submissions, attacks and mutants go in, what becomes of them comes out."""

from importlib import import_module
from typing import TYPE_CHECKING

from grader.proofs import specimen

if TYPE_CHECKING:
    from grader.proofs import attacks, classes, hardware
    from grader.proofs.calibration import Calibration, Trial, calibrate
    from grader.proofs.flaky import differences

__all__ = ["Calibration", "Trial", "attacks", "calibrate", "classes", "differences", "hardware", "specimen"]

_LATER = {"Calibration": "calibration", "Trial": "calibration", "calibrate": "calibration", "differences": "flaky"}


def __getattr__(name: str) -> object:
    """What needs a sandbox is imported when it is first asked for: `make gpu` runs where none can be had."""
    if name not in _LATER:
        raise AttributeError(name)
    return getattr(import_module(f"grader.proofs.{_LATER[name]}"), name)
