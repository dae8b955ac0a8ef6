"""Runs pytest and writes what becomes of each check to a file, line by line: the process may end at any of them.

`python -m tests.pages.record FILE [option of pytest ...]`
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest


class Recorder:
    """Writes a JSON object a line: `planned`, of each check `begun` and then its outcome, and at last `ended`."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8")

    def _write(self, **line: Any) -> None:
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()

    def pytest_checks_planned(self, checks: list[Any]) -> None:
        """Say how many checks there are."""
        self._write(planned=len(checks))

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Name a check before it runs."""
        self._write(begun=nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Tell the outcome of a check as the harness does, and what pytest shows of it."""
        if told := getattr(report, "told", None):
            shown = str(report.longrepr or "").partition("\n\n")[2].strip("\n")
            printed = report.sections if report.failed else []  # the harness keeps it short where a check failed
            self._write(told=told, wall_s=report.duration, shown=shown, printed=printed)

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Say that it was a whole run."""
        self._write(ended=int(exitstatus))


if __name__ == "__main__":
    sys.exit(pytest.main(sys.argv[2:], plugins=[Recorder(Path(sys.argv[1]))]))
