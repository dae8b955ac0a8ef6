"""A report as one self-contained HTML page: no script, nothing loaded from elsewhere."""

from __future__ import annotations

import jinja2

from grader.grading import shown
from grader.model import Report
from grader.reports.summary import by_task, score_sentence
from grader.reports.text import one_line, points, quoted, visible, worth

environment = jinja2.Environment(
    loader=jinja2.PackageLoader("grader.reports", "."),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
environment.filters |= {each.__name__: each for each in (visible, one_line, quoted, points, worth)}
"""Of all pages: what they show is escaped, and a name that is not there is an error."""


def to_html(report: Report, template: jinja2.Template | None = None, **more: object) -> str:
    """The page, as a student may see it; the submission's text is escaped, its control characters made visible.

    Another template extends `report.html`, and knows `more`, too.
    """
    report = shown(report)
    template = template or environment.get_template("report.html")
    return template.render(report=report, tasks=by_task(report), score=score_sentence(report), **more)
