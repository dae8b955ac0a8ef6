"""A report as other platforms read it; each a pure function of the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from grader.model import Report
from grader.reports.formats.autolab import to_autolab
from grader.reports.formats.classroom50 import to_classroom50
from grader.reports.formats.codegrade import to_codegrade
from grader.reports.formats.csv_file import to_csv
from grader.reports.formats.ctrf import to_ctrf
from grader.reports.formats.exercism import to_exercism
from grader.reports.formats.github_classroom import to_github_classroom
from grader.reports.formats.gradescope import to_gradescope
from grader.reports.formats.junit import to_junit
from grader.reports.formats.markdown import to_markdown
from grader.reports.formats.markus import to_markus
from grader.reports.formats.prairielearn import to_prairielearn
from grader.reports.formats.vpl import to_vpl
from grader.reports.json_report import json_text

__all__ = ["FORMATS", "SAY_FAULTS", "to_autolab", "to_gradescope", "to_prairielearn"]


def _json(make: Callable[[Report], dict[str, Any]]) -> Callable[[Report], str]:
    return lambda report: json_text(make(report))


FORMATS: Mapping[str, Callable[[Report], str]] = {
    "gradescope": _json(to_gradescope),
    "github-classroom": _json(to_github_classroom),
    "classroom50": _json(to_classroom50),
    "prairielearn": _json(to_prairielearn),
    "autolab": to_autolab,
    "markus": to_markus,
    "vpl": to_vpl,
    "codegrade": to_codegrade,
    "exercism": _json(to_exercism),
    "junit": to_junit,
    "ctrf": _json(to_ctrf),
    "markdown": to_markdown,
    "csv": to_csv,
}
"""Name of a platform's format: the text of the file it reads."""

SAY_FAULTS = ("junit", "ctrf")
"""Formats that have words for a fault of the grader's, and need no score; the others are not written then."""
