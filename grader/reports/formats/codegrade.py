"""CodeGrade's structured output: the share of all points, as one line of JSON.

A Custom Test block reads it from descriptor 3. In the AutoTest before that, a Capture Points test finds it in
stdout, by the expression `"points": "\\f"`. What students read is not in it: that is what the grader prints.

Source: CodeGrade's help page on Custom Test blocks; _CustomOutput of its code that was public until 2020.
"""

from __future__ import annotations

import json

from grader.model import Report
from grader.reports.formats.common import for_students, scored


@for_students
def to_codegrade(report: Report) -> str:
    """The share lies between 0 and 1, and has eight digits after the point: CodeGrade's expression wants some."""
    score = scored(report, "CodeGrade")
    share = score / report.max_score if report.max_score else 0.0
    return json.dumps({"tag": "points", "points": f"{share:.8f}"}) + "\n"
