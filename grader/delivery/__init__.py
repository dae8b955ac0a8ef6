"""What leaves this repository: the students' repository, and what is uploaded to each platform."""

from grader.delivery.repository import release

__all__ = ["release"]
