"""A report as an instructor or student reads it: terminal, HTML, JSON."""

from grader.reports.html import to_html
from grader.reports.json_report import from_json, schema, to_json
from grader.reports.matrix import calibration_html, mutation_html
from grader.reports.terminal import render
from grader.reports.text import points

__all__ = ["calibration_html", "from_json", "mutation_html", "points", "render", "schema", "to_html", "to_json"]
