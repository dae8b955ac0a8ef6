"""Whose fault it is: every error the grader raises on purpose says so by its class."""

from __future__ import annotations

import os
import signal


class GraderError(Exception):
    """Base of all. Its text is one sentence that names the offender and says what to do."""


class UsageError(GraderError):
    """The command was called wrongly (exit status 2): a path that is not there, an unknown task or format."""


class SubmissionError(GraderError):
    """The submission can't be graded at all, and its author can mend that: score 0, one sentence."""


class NothingGraded(GraderError):
    """What was handed in can't be graded at all (exit status 4): its report says why, with 0 points."""


class GraderFault(GraderError):
    """The grader failed (exit status 3): no score is written, and the run can be repeated."""


class IsolationUnavailable(GraderFault):
    """No sandbox of the kind asked for can be had here."""


def end_at_ctrl_c() -> None:
    """For the second that the command line's import takes: Ctrl-C ends the process, without a traceback."""
    signal.signal(signal.SIGINT, lambda *_: _end())


def _end() -> None:
    os.write(2, b"grader: stopped by Ctrl-C; nothing was begun\n")
    os._exit(128 + signal.SIGINT)
