"""The pytest plugin that both sides use: the `student` fixture, points, verdicts, diagnoses."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from tests.harness.expect import Failure, expect, expect_answer, expect_close, expect_raises, expect_that
from tests.harness.student import Feed, Student

if TYPE_CHECKING:  # when a check is read, it is there; who reads a report does without
    import pytest

__all__ = [
    "Failure",
    "Feed",
    "Student",
    "expect",
    "expect_answer",
    "expect_close",
    "expect_raises",
    "expect_that",
    "limits",
    "need_torch",
    "points",
]


def points(n: float, *, task: str, feedback: str | None = None) -> pytest.MarkDecorator:
    """Mark a check with what it is worth and the task it belongs to.

    `feedback` is what a report tells of it when it is lost (see `outcomes.Feedback`): of a public check everything
    and of a hidden one its category, unless it says otherwise.
    """
    import pytest

    return pytest.mark.points(n, task=task, feedback=feedback)


def limits(**limits: float) -> pytest.MarkDecorator:
    """Mark a check with limits other than the usual ones; names as in `outcomes.Limits`."""
    import pytest

    return pytest.mark.limits(**limits)


def need_torch() -> Any:
    """The module torch; a check of tensors is skipped where it can't be imported, and says how to have it."""
    import pytest

    try:
        return importlib.import_module("torch")
    except ModuleNotFoundError:
        pytest.skip("tensors need torch: python -m pip install '.[torch]'")
    except (ImportError, OSError) as error:  # it is there, and a library that it needs is not
        pytest.skip(f"torch can't be imported here: {error}")
