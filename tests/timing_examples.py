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


def work_of_linear_layers(name: str) -> list[dict[str, Any]]:
    """FLOPs, bytes and times of linear layers in bfloat16 and of their gradients: of "h100_sxm" or "h200_sxm".

    >>> work_of_linear_layers("h100_sxm")[0]
    {'flops': 2097152, 'bytes': 2101248, 'ms': 0.00742}
    """
    return [
        {"flops": row["flops"][work], "bytes": row["bytes"][work], "ms": row[f"{work}_ms"]}
        for row in rows(name)
        if (row["op"], row["dtype"]) == ("linear", "bfloat16")
        for work in ("forward", "grad_x", "grad_w")
    ]


def layers_of_a_b300() -> list[dict[str, Any]]:
    """The four products of a transformer's layer, forward on a B300, quantized each time where that is needed.

    >>> layers_of_a_b300()[0]["layer"], layers_of_a_b300()[0]["ms"]["nvfp4"]
    ('qkv', 0.392)
    """
    return _recording("transformer")["layers"]


def rows(name: str) -> list[dict[str, Any]]:
    """The rows of one recording: "convolutions", "linear", "transformer", "h100_sxm", "gpt_training" and others.

    >>> rows("gpt_training")[0]["model"]
    '70b'
    """
    return _recording(name)["rows"]


def _recording(name: str) -> dict[str, list[dict[str, Any]]]:
    recording: dict[str, list[dict[str, Any]]] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return recording
