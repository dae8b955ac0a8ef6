"""Large whole numbers, for checks of what the handout calls exact."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.harness.expect import Mistakes

WRAPS = 2**61
"""A product that has left 64 bits is off by a multiple of 2**64, and of 2**61 where bits became bytes."""


def magnitudes(digits: int) -> st.SearchStrategy[int]:
    """Whole numbers of 1 to so many digits, each length as often as the others."""
    return st.integers(1, digits).flatmap(lambda n: st.integers(10 ** (n - 1), 10**n - 1))


def inexact(got: int, exact: int) -> Mistakes:
    """Sentences on answers that are near the exact one, or off by what 64 bits can't hold."""
    off = abs(got - exact)
    return {
        "a float was used on the way, and has too few digits; use // on whole numbers": (
            lambda: got if 0 < off * 10**6 < abs(exact) else None
        ),
        "numbers of a fixed size were used on the way, and can't hold this one; Python's own have no limit": (
            lambda: got if off >= WRAPS and min(off % WRAPS, -off % WRAPS) <= 1 else None
        ),
    }
