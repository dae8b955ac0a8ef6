"""A course file goes in, a `Course` comes out: which tasks there are, what they are worth, when they are due."""

from grader.course import late
from grader.course.model import USUAL, Course
from grader.course.reading import read
from grader.course.roster import Student
from grader.course.roster import read as read_roster
from grader.course.weights import weights
from grader.course.words import described, due, when

__all__ = ["USUAL", "Course", "Student", "described", "due", "late", "read", "read_roster", "weights", "when"]
