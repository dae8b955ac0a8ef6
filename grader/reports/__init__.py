"""A report as an instructor or student reads it: terminal, HTML, JSON."""

from grader.reports.html import environment, to_html
from grader.reports.json_report import from_json, json_text, restored, schema, to_json
from grader.reports.matrix import calibration_html, mutation_html
from grader.reports.tables import show
from grader.reports.terminal import render
from grader.reports.text import cell, one_line, points, quoted, worth

__all__ = [
    "calibration_html",
    "cell",
    "environment",
    "from_json",
    "json_text",
    "mutation_html",
    "one_line",
    "points",
    "quoted",
    "render",
    "restored",
    "schema",
    "show",
    "to_html",
    "to_json",
    "worth",
]
