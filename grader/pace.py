"""A pytest plugin that grades a submission that hangs wherever it can within a platform's ten minutes.

A check that runs out of time takes all of its limit. So the time of slow checks is counted, and limits shrink with
what is left: a few checks that hang change nothing for the others, many of them leave each that follows `LEAST_S`.
"""

from __future__ import annotations

import dataclasses

import pytest

from tests.harness.checks import Outcome
from tests.harness.plugin import CHECK

PATIENCE_S = 240.0
"""Seconds that checks may lose altogether before every limit is the least."""

SHARE = 0.1
"""Of what is left, one check may take this much."""

LEAST_S = 2.0
"""On two cores, all but one of the reference's checks take less."""

LOST = pytest.StashKey[float]()


def limit_s(own: float, lost_s: float) -> float:
    """A check's limit after others have lost so many seconds.

    >>> limit_s(20, lost_s=40), limit_s(20, lost_s=140), limit_s(20, lost_s=1000)
    (20, 10.0, 2.0)
    """
    return min(own, max(LEAST_S, SHARE * (PATIENCE_S - lost_s)))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Shorten the check's limit, before its fixtures use it."""
    check = item.stash.get(CHECK, None)
    if check is not None:
        wall_s = limit_s(check.limits.wall_s, item.config.stash.get(LOST, 0.0))
        item.stash[CHECK] = dataclasses.replace(check, limits=dataclasses.replace(check.limits, wall_s=wall_s))


def pytest_check_finished(config: pytest.Config, outcome: Outcome) -> None:
    """Count the time of a slow check, whatever came of it: a submission can hang and still answer in the end."""
    if outcome.wall_s > LEAST_S:
        config.stash[LOST] = config.stash.get(LOST, 0.0) + outcome.wall_s
