"""JUnit's XML: a suite for each task. It has no points; properties hold them."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

from grader.model import CheckResult, Report, Verdict
from grader.reports.formats.common import feedback, for_students, name, outcome, scored
from grader.reports.summary import by_task
from grader.reports.text import points


@for_students
def to_junit(report: Report) -> str:
    """As XML 1.0; characters that it can't hold are escapes."""
    scored(report, "a JUnit reader")
    root = Xml.Element("testsuites", name="grader", tests=str(len(report.checks)))
    for task in by_task(report):
        states = [check.verdict for check in task.checks]
        skipped = sum(state is Verdict.SKIPPED for state in states)
        failed = sum(not state.earns for state in states) - skipped
        took = sum(check.wall_s for check in task.checks)
        suite = Xml.SubElement(root, "testsuite", name=task.id, tests=str(len(states)), time=f"{took:.3f}")
        suite.attrib |= {"failures": str(failed), "skipped": str(skipped), "errors": "0"}
        for check in task.checks:
            _case(suite, check)
    Xml.indent(root)
    return f"<?xml version='1.0' encoding='utf-8'?>\n{Xml.tostring(root, encoding='unicode')}\n"


def _case(suite: Xml.Element, check: CheckResult) -> None:
    case = Xml.SubElement(suite, "testcase", classname=check.task, name=name(check), time=f"{check.wall_s:.3f}")
    held = Xml.SubElement(case, "properties")
    for key, value in {"points": check.points, "max_points": check.max_points}.items():
        Xml.SubElement(held, "property", name=key, value=points(value))
    if not check.verdict.earns:
        kind = outcome(check, "", "failure", "skipped")
        Xml.SubElement(case, kind, message=check.verdict.value).text = _held(feedback(check))


def _held(text: str) -> str:
    """Without the two code points that are no controls and yet no XML."""
    return text.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
