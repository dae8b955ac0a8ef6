"""Recorded timings of real GPUs, from fixtures/timings/."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "fixtures" / "timings"


def rows(name: str) -> list[dict[str, Any]]:
    """The rows of one recording: "convolutions", "products", "recurrent" or "gpt_training".

    >>> rows("gpt_training")[0]["model"]
    '70b'
    """
    recording: dict[str, list[dict[str, Any]]] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return recording["rows"]
