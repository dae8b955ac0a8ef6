"""Recorded timings of real GPUs, from fixtures/timings/."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "fixtures" / "timings"


def linear_layers_of_an_h100() -> list[dict[str, Any]]:
    """Times of linear layers in bfloat16, under the names that the other recordings have.

    >>> sorted(linear_layers_of_an_h100()[0])
    ['forward_ms', 'inputs_ms', 'weights_ms']
    """
    names = {"forward_ms": "forward_ms", "inputs_ms": "grad_x_ms", "weights_ms": "grad_w_ms"}
    return [
        {name: row[theirs] for name, theirs in names.items()}
        for row in rows("h100_sxm")
        if (row["op"], row["dtype"]) == ("linear", "bfloat16")
    ]


def rows(name: str) -> list[dict[str, Any]]:
    """The rows of one recording: "convolutions", "linear", "products", "recurrent", "h100_sxm" or "gpt_training".

    >>> rows("gpt_training")[0]["model"]
    '70b'
    """
    recording: dict[str, list[dict[str, Any]]] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return recording["rows"]
