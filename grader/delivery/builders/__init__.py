"""Builds what is uploaded to a platform."""

from __future__ import annotations

from pathlib import Path

from grader.course import USUAL, Course
from grader.delivery.builders import autolab, prairielearn
from grader.delivery.builders.autolab import build_autolab
from grader.delivery.builders.codegrade import build_codegrade
from grader.delivery.builders.gitlab import GRADER_IMAGE, build_gitlab
from grader.delivery.builders.gradescope import VISIBILITIES, build_gradescope
from grader.delivery.builders.prairielearn import build_prairielearn
from grader.delivery.builders.vpl import build_vpl
from grader.errors import UsageError

__all__ = [
    "GRADER_IMAGE",
    "IMAGE",
    "PLATFORMS",
    "SHORTEST_S",
    "VISIBILITIES",
    "build",
    "build_autolab",
    "build_codegrade",
    "build_gitlab",
    "build_gradescope",
    "build_prairielearn",
    "build_vpl",
]

SHORTEST_S = min(autolab.TIMEOUT_S, prairielearn.TIMEOUT_S)
"""The time, in seconds, that the platform with the least gives a grading."""

IMAGE = "lm-basics-runtime"
"""What the README calls the image that the Dockerfile's target `runtime` gives."""

PLATFORMS = {
    "gradescope": "upload it as the autograder",
    "prairielearn": "a course; questions/lm-basics can be moved to another",
    "autolab": "import it as an assessment",
    "gitlab": "put it into a project of the staff's, and name it in the students' projects",
    "vpl": "paste them as the activity's execution files",
    "codegrade": "upload it as a fixture; set-up runs setup.sh, a Custom Test block run_autotest",
}
"""What there is, and what to do with what was built."""


def build(
    platform: str,
    out: Path,
    *,
    visibility: str = "visible",
    image: str | None = None,
    course: Course = USUAL,
) -> list[str]:
    """Write what the platform takes to `out`, and give its files. Without an image it is the README's.

    It grades the course. On GitLab the image holds the course file, and with VPL the server does.

    Raises:
        UsageError: there is no such platform, or it can't be written so.
    """
    if platform == "gradescope":
        return build_gradescope(out, visibility=visibility, course=course)
    if platform == "prairielearn":
        return build_prairielearn(out, image=image or IMAGE, course=course)
    if platform == "autolab":
        return build_autolab(out, image=image or IMAGE, course=course)
    if platform == "gitlab":
        return build_gitlab(out, image=image or GRADER_IMAGE)
    if platform == "vpl":
        return build_vpl(out, course=course)
    if platform == "codegrade":
        return build_codegrade(out, course=course)
    raise UsageError(f"no platform {platform!r}; there are {', '.join(PLATFORMS)}")
