"""An example course for PrairieLearn, with one question; the question's folder can be moved to any course.

The grader is in the question's tests/, which PrairieLearn shows to nobody; so the image holds no secret.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from pathlib import Path
from typing import Any

from grader.course import USUAL, Course
from grader.delivery.builders.sources import SCRIPTS, TITLE, handout, sources
from grader.delivery.platforms.prairielearn_run import failed
from grader.delivery.platforms.run import NOT_STARTED
from grader.files import need_room, write_folder

QUESTION = "lm-basics"
TIMEOUT_S = 600
"""PrairieLearn's longest."""


def build_prairielearn(out: Path, *, image: str, course: Course = USUAL) -> list[str]:
    """Write the course folder, all or nothing, and give its files.

    Raises:
        UsageError: `out` is not empty, or has no folder to be in.
    """
    need_room(out)
    instance = "courseInstances/Example"
    question = f"questions/{QUESTION}"
    written = {
        "infoCourse.json": about(),
        f"{instance}/infoCourseInstance.json": {"uuid": _id("instance"), "longName": "Example"},
        f"{instance}/assessments/{QUESTION}/infoAssessment.json": assessment(course),
        f"{question}/info.json": info(image, course),
    }
    files = {name: (json.dumps(data, indent=4) + "\n").encode() for name, data in written.items()}
    files |= {
        f"{question}/question.html": (SCRIPTS / "prairielearn" / "question.html").read_bytes(),
        f"{question}/clientFilesQuestion/handout.zip": handout(course),
        f"{question}/tests/grade.sh": (SCRIPTS / "prairielearn" / "grade.sh").read_bytes(),
    }
    held = sources({}, failed(NOT_STARTED), course)
    files |= {f"{question}/tests/{name}": content for name, content in held.items()}
    write_folder(out, files, executable=(f"{question}/tests/grade.sh",))
    return sorted(files)


def about() -> dict[str, Any]:
    """infoCourse.json."""
    return {
        "uuid": _id("course"),
        "name": "LM basics",
        "title": TITLE,
        "topics": [{"name": "Language models", "color": "blue2", "description": "Tokenizers, bytes, FLOPs"}],
    }


def assessment(course: Course) -> dict[str, Any]:
    """infoAssessment.json. Without rules of access, nobody but staff sees it."""
    return {
        "uuid": _id("assessment"),
        "type": "Homework",
        "title": course.title or TITLE,
        "set": "Homework",
        "number": "1",
        "constantQuestionValue": True,
        "zones": [{"questions": [{"id": QUESTION, "autoPoints": course.total, "maxAutoPoints": course.total}]}],
    }


def info(image: str, course: Course) -> dict[str, Any]:
    """The question's info.json."""
    return {
        "uuid": _id("question"),
        "title": course.title or TITLE,
        "topic": "Language models",
        "type": "v3",
        "gradingMethod": "External",
        "singleVariant": True,
        "showCorrectAnswer": False,
        "partialCredit": True,
        "externalGradingOptions": {
            "enabled": True,
            "image": image,
            "entrypoint": "/grade/tests/grade.sh",
            "timeout": TIMEOUT_S,
        },
    }


def _id(of: str) -> str:
    """The same each time, so that a course that is built again is the same course."""
    return str(uuid.UUID(bytes=hashlib.sha256(f"{QUESTION}/{of}".encode()).digest()[:16], version=4))
