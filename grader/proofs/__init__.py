"""The tests of the tests: planted submissions, attacks and mutants go in, what becomes of them comes out."""

from grader.proofs import attacks, specimen
from grader.proofs.calibration import Calibration, Trial, calibrate
from grader.proofs.flaky import differences

__all__ = ["Calibration", "Trial", "attacks", "calibrate", "differences", "specimen"]
