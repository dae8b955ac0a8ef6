"""Hints tell mistakes apart: no two that some check names give the same on all of its inputs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from grader.files import PROJECT
from grader.grading import pytest_args
from grader.proofs import specimen
from tests.harness.tasks import TASKS

BY_ONE = {
    "at that length, both cost the same at most; it must cost more",
    "one number more has no room",
    "a step at the ridge is bound by compute; batches below it are not",
    "at that length memory still limits; round up",
    "it was rounded down; there it is not faster yet",
}
"""Sentences that say no more than an answer that is one off shows."""

OF_THE_SMALLEST = "it is below the smallest number, and near enough to be rounded up to it"
TOGETHER = {
    frozenset((OF_THE_SMALLEST, "it was cut off instead of rounded")),
    frozenset((OF_THE_SMALLEST, "it is subnormal, which has fewer bits, and was taken for zero")),
}
"""Both are said of the smallest numbers, which become zero with the one as with the other."""


@pytest.mark.slow
def test_no_two_hints_are_always_true_together(tmp_path: Path) -> None:
    """And none is said of whatever is one off: its table says what the mistake really gives, be it right."""
    root, file = specimen.compose(specimen.load("reference"), tmp_path / "s"), tmp_path / "found.json"
    plugins = ("-p", "tests.harness.plugin", "-p", "grader.proofs.predicting")
    command = [sys.executable, "-m", "pytest", "-q", *plugins, *pytest_args((*TASKS,), ("tests", "grader/hidden"))]
    command += ["--submission", str(root), "--predict", str(file)]
    subprocess.run(command, cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)
    found = [
        (check, function, sentence)
        for check, function, sentence in json.loads(file.read_text())
        if "recorded_answers" not in check
        and sentence not in BY_ONE
        and frozenset(sentence.split(" | ")) not in TOGETHER
    ]
    assert found == []
