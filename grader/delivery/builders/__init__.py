"""Builds what is uploaded to a platform."""

from __future__ import annotations

from pathlib import Path

from grader.delivery.builders import autolab, prairielearn
from grader.delivery.builders.autolab import build_autolab
from grader.delivery.builders.gradescope import VISIBILITIES, build_gradescope
from grader.delivery.builders.prairielearn import build_prairielearn
from grader.errors import UsageError

__all__ = [
    "IMAGE",
    "PLATFORMS",
    "SHORTEST_S",
    "VISIBILITIES",
    "build",
    "build_autolab",
    "build_gradescope",
    "build_prairielearn",
]

SHORTEST_S = min(autolab.TIMEOUT_S, prairielearn.TIMEOUT_S)
"""The time, in seconds, that the platform with the least gives a grading."""

IMAGE = "lm-basics-runtime"
"""What the README calls the image that the Dockerfile's target `runtime` gives."""

PLATFORMS = {
    "gradescope": "upload it as the autograder",
    "prairielearn": "a course; questions/lm-basics can be moved to another",
    "autolab": "import it as an assessment",
}
"""What there is, and what to do with what was built."""


def build(platform: str, out: Path, *, visibility: str = "visible", image: str = IMAGE) -> list[str]:
    """Write what the platform takes to `out`, and give its files.

    Raises:
        UsageError: there is no such platform, or it can't be written so.
    """
    if platform == "gradescope":
        return build_gradescope(out, visibility=visibility)
    if platform == "prairielearn":
        return build_prairielearn(out, image=image)
    if platform == "autolab":
        return build_autolab(out, image=image)
    raise UsageError(f"no platform {platform!r}; there are {', '.join(PLATFORMS)}")
