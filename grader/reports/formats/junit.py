"""JUnit's XML: a suite for each task. It has no points: a suite's properties hold them, and what a case prints.

What could not be graded is an error, and not skipped: what is skipped, many readers show in green. Properties of a
case would break the schema that Jenkins reads with.
"""

from __future__ import annotations

from collections import Counter
from xml.etree import ElementTree as Xml

from grader.model import CheckResult, Report
from grader.reports.formats.common import feedback, for_students, name, outcome
from grader.reports.summary import by_task
from grader.reports.text import one_line, points
from tests.harness.tasks import added


@for_students
def to_junit(report: Report) -> str:
    """As XML 1.0; characters that it can't hold are escapes. Without a score there are errors, and no points."""
    root = Xml.Element("testsuites", name="grader")
    suites = [_suite(report, task.id, task.checks) for task in by_task(report)]
    root.extend(suites)
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.attrib[count]) for suite in suites)))
    Xml.indent(root)
    return f"<?xml version='1.0' encoding='utf-8'?>\n{Xml.tostring(root, encoding='unicode')}\n"


def _suite(report: Report, task: str, checks: tuple[CheckResult, ...]) -> Xml.Element:
    kinds = [outcome(report, check, "", "failure", "skipped", "error") for check in checks]
    took = sum(check.wall_s for check in checks)
    suite = Xml.Element("testsuite", name=task, tests=str(len(checks)), time=f"{took:.3f}")
    counts = Counter(kinds)
    suite.attrib |= {"failures": str(counts["failure"]), "skipped": str(counts["skipped"])}
    suite.set("errors", str(counts["error"]))
    if report.score is not None:
        held = Xml.SubElement(suite, "properties")
        earned, most = added(check.points for check in checks), added(check.max_points for check in checks)
        for key, value in {"points": earned, "max_points": most}.items():
            Xml.SubElement(held, "property", name=key, value=points(value))
    for check, kind in zip(checks, kinds, strict=True):
        case = Xml.SubElement(suite, "testcase", classname=task, name=name(check))
        if not check.hidden:
            case.set("time", f"{check.wall_s:.3f}")
        if kind:
            said = one_line(report.problem or check.verdict.value)
            Xml.SubElement(case, kind, type=check.verdict.value, message=said).text = feedback(check)
        if report.score is not None:
            said = f"{points(check.points)} of {points(check.max_points)} points"
            Xml.SubElement(case, "system-out").text = said
    return suite
