"""A `Submission` goes in, a `Report` comes out: which checks ran, what each came to, what a student may see."""

from grader.grading.feedback import cut, shown, with_level
from grader.grading.one import PLUGINS, RUNNER, Busy, grade, need_tasks, pytest_args
from grader.grading.options import Options, Settings

__all__ = [
    "PLUGINS",
    "RUNNER",
    "Busy",
    "Options",
    "Settings",
    "cut",
    "grade",
    "need_tasks",
    "pytest_args",
    "shown",
    "with_level",
]
