"""What leaves this repository: the students' repository, and what is uploaded to each platform."""

from grader.delivery.repository import handout_page, release

__all__ = ["handout_page", "release"]
