"""The templates of this room; they extend those of the reports."""

from __future__ import annotations

import jinja2

from grader.reports import environment

templates = environment.overlay(
    loader=jinja2.ChoiceLoader([jinja2.PackageLoader(room, ".") for room in ("grader.cohort", "grader.reports")])
)
