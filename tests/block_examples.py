"""What the checks of block-scaled formats share."""

from __future__ import annotations

FORMATS = ("mxfp8", "mxfp4", "nvfp4")

WORDED = "with zeros and NaN in words, {}"


def worded(numbers: list[float]) -> list[float | str]:
    """Numbers whose zeros and NaN are words, so that signs count and NaN is equal to itself.

    >>> worded([1.5, -0.0, float("nan")])
    [1.5, '-0.0', 'nan']
    """
    return [str(number) if number == 0 or number != number else number for number in numbers]
