"""A submission that hangs everywhere is graded in a platform's time; one that hangs once loses nothing else."""

from __future__ import annotations

import dataclasses
import re
import types
from typing import Any

import pytest

from grader.builders.autolab import TIMEOUT_S as AUTOLAB_S
from grader.builders.prairielearn import TIMEOUT_S as PRAIRIELEARN_S
from grader.grade import PROJECT
from grader.pace import LEAST_S, limit_s, pytest_check_finished, pytest_runtest_setup
from tests.harness.checks import Check, Outcome
from tests.harness.outcomes import Feedback, Limits, Verdict
from tests.harness.plugin import CHECK


def run(check: Check, config: Any, verdict: Verdict, took_s: float) -> float:
    """Let a check run and end so; the limit that it had."""
    item: Any = types.SimpleNamespace(stash=pytest.Stash(), config=config)
    item.stash[CHECK] = check
    pytest_runtest_setup(item)
    wall_s: float = item.stash[CHECK].limits.wall_s
    pytest_check_finished(config, Outcome(item.stash[CHECK], verdict, "", min(took_s, wall_s)))
    return wall_s


def checks() -> list[Check]:
    """As many as there are, with their limits."""
    texts = [
        path.read_text(encoding="utf-8")
        for path in [*PROJECT.glob("tests/test_*.py"), *PROJECT.glob("grader/hidden/test_*.py")]
    ]
    special = [float(s) for text in texts for s in re.findall(r"^@limits\(wall_s=(\d+)", text, re.MULTILINE)]
    one = Check("1.1/x", "1.1", "x", 1, False, Feedback.FULL, Limits())
    count = sum(len(re.findall(r"^@points\(", text, re.MULTILINE)) for text in texts)
    return [dataclasses.replace(one, limits=Limits(wall_s=s)) for s in special] + [one] * (count - len(special))


def test_hanging_everywhere_ends_in_time() -> None:
    """With two minutes to spare on the platform that gives the fewest."""
    config = types.SimpleNamespace(stash=pytest.Stash())
    limits = [run(check, config, Verdict.TIMEOUT, 1e9) for check in checks()]
    assert len(limits) > 100
    assert sum(limits) <= min(PRAIRIELEARN_S, AUTOLAB_S) - 120
    assert min(limits) == LEAST_S


def test_hanging_twice_changes_nothing_for_the_others() -> None:
    """Nor do quick checks, however many; slow ones do, whatever comes of them."""
    config = types.SimpleNamespace(stash=pytest.Stash())
    one = checks()[-1]
    for verdict in (Verdict.TIMEOUT, Verdict.TIMEOUT):
        assert run(one, config, verdict, 15) == one.limits.wall_s
    for verdict in [Verdict.FAILED, Verdict.CRASHED, Verdict.PASSED] * 30:
        assert run(one, config, verdict, 1) == one.limits.wall_s
    for verdict in [Verdict.FAILED, Verdict.CRASHED, Verdict.PASSED] * 10:
        run(one, config, verdict, 15)
    assert run(one, config, Verdict.FAILED, 15) == LEAST_S


@pytest.mark.parametrize("own", [0.5, 20.0, 60.0])
def test_no_limit_grows(own: float) -> None:
    """With more time lost it shrinks or stays, and is never above a check's own."""
    limits = [limit_s(own, lost_s) for lost_s in range(0, 1000, 10)]
    assert limits == sorted(limits, reverse=True)
    assert limits[0] <= own
