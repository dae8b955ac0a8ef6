"""CSV: a row for each check, with a header. A cell that a spreadsheet would run as a formula begins with '.

All cells are quoted, so that none is split where a spreadsheet splits at semicolons.
"""

from __future__ import annotations

import csv
import io

from grader.model import Report
from grader.reports.formats.common import feedback, for_students, scored
from grader.reports.text import one_line, points, visible

COLUMNS = ("submission", "task", "check", "verdict", "points", "max_points", "hidden", "seconds", "message")


@for_students
def to_csv(report: Report) -> str:
    """Rows end with a line feed."""
    scored(report, "a spreadsheet")
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    rows.writerow(COLUMNS)
    for check in report.checks:
        kind, worth = check.verdict.value, (points(check.points), points(check.max_points))
        row = (report.submission, check.task, check.id, kind, *worth, str(check.hidden).lower())
        took = "" if check.hidden else f"{check.wall_s:.3f}"
        rows.writerow([*(_cell(one_line(cell)) for cell in (*row, took)), _cell(feedback(check))])
    return text.getvalue()


def _cell(text: str) -> str:
    shown = visible(text)
    return f"'{shown}" if shown.startswith(tuple("=+-@＝＋－＠")) else shown
