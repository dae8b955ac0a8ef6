"""A report as other platforms read it; each a pure function of the report."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from grader.formats.gradescope import to_gradescope
from grader.model import Report


def _json(make: Callable[[Report], dict[str, Any]]) -> Callable[[Report], str]:
    return lambda report: json.dumps(make(report), indent=2, ensure_ascii=False) + "\n"


FORMATS: Mapping[str, Callable[[Report], str]] = {"gradescope": _json(to_gradescope)}
"""Name of a platform's format: the text of the file it reads."""
