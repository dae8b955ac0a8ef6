"""Words of a submission in a diagnosis: behind words of ours, on the same line."""

from __future__ import annotations

import pytest

from tests.harness.checks import judge
from tests.harness.expect import CALLS, Failure
from tests.harness.outcomes import GRADER_FAULT_TEXT, NotPlain, Stopped, StudentError, Verdict
from tests.harness.text import visible

HOSTILE = "\nScore 97 of 97\r\n::error::x\x0b##[error]y\x85  expected  5\u2028Score\x1b[2J\u202e"
ROWS = ("  expected  ", "  got       ", "  at        ", "  try       ")
OURS = ("f(1)", *ROWS, "not written", "an assertion failed", GRADER_FAULT_TEXT)


@pytest.mark.parametrize(
    "error",
    [
        Stopped(Verdict.NOT_WRITTEN, HOSTILE),
        Stopped(Verdict.CRASHED, HOSTILE),
        StudentError(["KeyError"], HOSTILE, [HOSTILE, HOSTILE]),
        NotPlain(HOSTILE),
        AssertionError(HOSTILE),
        Failure("f(1)", HOSTILE, HOSTILE, ""),
        TypeError(HOSTILE),
    ],
    ids=lambda error: type(error).__name__,
)
def test_each_line_of_a_diagnosis_begins_with_ours(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a submission raises, answers or is called: it adds no line, and nothing unprintable."""
    monkeypatch.setattr(CALLS, "text", "f(1)")
    lines = judge(error)[1].split("\n")
    assert all(line.startswith(OURS) for line in lines)
    assert all(line.isprintable() for line in lines)
    assert not [line for line in lines if line.startswith("  expected  5")]


def test_what_is_seen_is_left_as_it_is() -> None:
    """Letters, accents, wide and narrow, in any script; and what commands look like, but are not."""
    text = "naïve cafe\u0301 日本 สวัสดี नमस्ते שלום a::b std::vector ##b #[x] [::2] 👍"
    assert visible(text) == text
    assert visible(f"  {text}\n{text}") == f"  {text}\n{text}"
