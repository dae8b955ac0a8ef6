"""CSV: a row for each check, with a header. A cell that a spreadsheet would run as a formula begins with '.

The file is UTF-8 with a byte order mark: without one, Excel takes the bytes for the system's old code page. Moodle
strips the mark when it imports, and Canvas can write one; pandas and Python's `utf-8-sig` read past it. For a
reader that does not, the header has no quotes, so that only the name of the first column is not found.

Cells are separated by commas, and numbers have a point. Where Windows is set to a language that writes decimal
commas, Excel splits at semicolons when a file is opened, and takes 2.5 for a date: import the file there with
Data > From Text/CSV, and choose comma and English. There is no first line `sep=,`, since Excel alone knows it, and
then ignores the mark. There is no second file with semicolons: Moodle asks for the separator, LibreOffice shows a
dialog, and programs expect commas. Cells are quoted, so that none is split at a semicolon.

Source: Moodle's csv_import_reader; Canvas' CsvWithI18n.
"""

from __future__ import annotations

import csv
import io

from grader.model import Report
from grader.reports.formats.common import feedback, for_students, scored
from grader.reports.text import cell, one_line, points

MARK = "\ufeff"
COLUMNS = ("submission", "task", "check", "verdict", "points", "max_points", "hidden", "seconds", "message")


@for_students
def to_csv(report: Report) -> str:
    """Rows end with a line feed; seconds have three digits after the point."""
    scored(report, "a spreadsheet")
    text = io.StringIO()
    text.write(f"{MARK}{','.join(COLUMNS)}\n")
    rows = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    for check in report.checks:
        kind, worth = check.verdict.value, (points(check.points), points(check.max_points))
        row = (report.submission, check.task, check.id, kind, *worth, str(check.hidden).lower())
        took = "" if check.hidden else f"{check.wall_s:.3f}"
        rows.writerow([*(cell(one_line(each)) for each in (*row, took)), cell(feedback(check))])
    return text.getvalue()
