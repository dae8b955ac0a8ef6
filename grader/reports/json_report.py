"""A report as JSON, described by grader/reports/report.schema.json."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources
from typing import Any

from grader.errors import UsageError
from grader.model import CheckResult, Feedback, Report, Verdict


def to_json(report: Report) -> dict[str, Any]:
    """The report as plain data; points that are whole come out as integers, seconds to the millisecond.

    It is the instructor's own, and holds what hidden checks say, whatever a student may be told.
    """
    return {
        "schema_version": 1,
        "score": None if report.score is None else _number(report.score),
        "max_score": _number(report.max_score),
        "submission": {"name": report.submission, "sha256": report.sha256},
        "grader_version": report.grader_version,
        "isolation": report.isolation,
        "problem": report.problem,
        "notes": list(report.notes),
        "suspicions": list(report.suspicions),
        "checks": [_check(check) for check in report.checks],
    }


def from_json(data: object) -> Report:
    """The report that `to_json` gave, but for fractions of milliseconds.

    Raises:
        UsageError: the data does not follow the schema; the message names the first place.
    """
    from jsonschema.exceptions import best_match

    error = best_match(_validator().iter_errors(data))
    if error:
        raise UsageError(f"no report: {error.json_path} {error.message}")
    assert isinstance(data, dict)
    return restored(data)


def restored(data: dict[str, Any]) -> Report:
    """The same of data that we have written ourselves, which takes a hundredth of the time."""
    checks = tuple(
        CheckResult(**check | {"verdict": Verdict(check["verdict"]), "feedback": Feedback(check["feedback"])})
        for check in data["checks"]
    )
    name, sha256 = data["submission"]["name"], data["submission"]["sha256"]
    notes, found = tuple(data["notes"]), tuple(data.get("suspicions", ()))
    return Report(name, sha256, data["grader_version"], data["isolation"], checks, data["problem"], notes, found)


def json_text(data: object) -> str:
    r"""Data as the text of a file. Characters that are not seen, and what begins a command of a log, are escapes.

    >>> json_text("日\x9b2J ##[group]")
    '"日\\u009b2J \\u0023#[group]"\n'
    """
    text = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    shown = "".join(c if c == "\n" or c.isprintable() else json.dumps(c)[1:-1] for c in text)
    return re.sub(r"#(?=#\w*\[)", r"\\u0023", shown)


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of a report."""
    text = resources.files("grader.reports").joinpath("report.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@cache
def _validator() -> Any:
    """Of the schema, which is itself checked only once: a class has thousands of reports."""
    import jsonschema

    jsonschema.Draft202012Validator.check_schema(schema())
    return jsonschema.Draft202012Validator(schema())


def _check(check: CheckResult) -> dict[str, Any]:
    return {
        "id": check.id,
        "task": check.task,
        "title": check.title,
        "verdict": check.verdict.value,
        "points": _number(check.points),
        "max_points": _number(check.max_points),
        "message": check.message,
        "hidden": check.hidden,
        "feedback": check.level.value,
        "wall_s": round(check.wall_s, 3),
    }


def _number(value: float) -> float:
    return int(value) if value == int(value) else value
