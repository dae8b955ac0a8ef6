"""A pytest plugin that grades a submission that hangs wherever it can within a platform's ten minutes.

A check that runs out of time takes all of its limit. So limits shrink when time runs short: a check may take a
share of what is left, when each of the others is given `LEAST_S`. A few checks that hang change nothing for the
others, and neither do slow ones, such as those of a module that is slow to import, while there is time for all.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Generator

import pytest

from tests.harness.checks import Check
from tests.harness.outcomes import Limits, Stopped, Verdict
from tests.harness.plugin import CHECK

ALL_S = 480.0
"""For all checks together."""

SHARE = 0.15
"""Of what is left, a check of the usual limit may take this much, and one that is given more as much more."""

MOST = 0.6
"""No check may take more of it."""

LEAST_S = 1.5
"""On two cores, all but three of the reference's checks take less."""


class Pace:
    """How many checks are still to come, and since when they have been running."""

    def __init__(self, checks: int) -> None:
        self.to_come = checks
        self.began = time.monotonic()

    def limit_s(self, own: float) -> float:
        """The limit of the next check."""
        self.to_come -= 1
        return limit_s(own, ALL_S - (time.monotonic() - self.began) - LEAST_S * self.to_come)


PACE = pytest.StashKey[Pace]()
OWN_S = pytest.StashKey[float]()


def limit_s(own: float, left_s: float) -> float:
    """A check's limit when so many seconds are left.

    >>> limit_s(20, left_s=160), limit_s(20, left_s=80), limit_s(20, left_s=-10), limit_s(60, left_s=160)
    (20, 12.0, 1.5, 60)
    """
    share = min(SHARE * max(own / Limits().wall_s, 1.0), MOST)
    return min(own, max(LEAST_S, round(share * left_s, 1)))


def pytest_checks_planned(config: pytest.Config, checks: list[Check]) -> None:
    """Begin to count."""
    config.stash[PACE] = Pace(len(checks))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Shorten the check's limit, before its fixtures use it."""
    check = item.stash.get(CHECK, None)
    if check is not None:
        item.stash[OWN_S] = check.limits.wall_s
        wall_s = item.config.stash[PACE].limit_s(check.limits.wall_s)
        item.stash[CHECK] = dataclasses.replace(check, limits=dataclasses.replace(check.limits, wall_s=wall_s))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Say of a check that has run out of a shortened time why it had no more."""
    try:
        yield
    except Stopped as stopped:
        own_s = item.stash.get(OWN_S, 0.0)
        if stopped.verdict is not Verdict.TIMEOUT or item.stash[CHECK].limits.wall_s >= own_s:
            raise
        why = f"instead of {own_s:g} s, since the checks before it took so long"
        raise Stopped(stopped.verdict, f"{stopped.message} ({why})") from None
