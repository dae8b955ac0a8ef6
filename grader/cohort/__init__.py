"""A class: what its students handed in goes into a store, and is graded, merged, decided and proven there."""

from grader.cohort.collect import Added, add, changed, drop, enroll, enrolled
from grader.cohort.gradebooks import GRADEBOOKS, gradebook
from grader.cohort.layouts import looks_like_a_class
from grader.cohort.page import class_html
from grader.cohort.run import Done, Plan, cluster_pool, local_pool, plan, run
from grader.cohort.scores import COUNT, Standing, changes, histories, override, report_of, standings, wrong
from grader.cohort.similar import Solution, earlier, handed_in, similar, similar_html
from grader.cohort.store import Store, alone, opened
from grader.cohort.students import file_of, write_students
from grader.course import Student

__all__ = [
    "COUNT",
    "GRADEBOOKS",
    "Added",
    "Done",
    "Plan",
    "Solution",
    "Standing",
    "Store",
    "Student",
    "add",
    "alone",
    "changed",
    "changes",
    "class_html",
    "cluster_pool",
    "drop",
    "earlier",
    "enroll",
    "enrolled",
    "file_of",
    "gradebook",
    "handed_in",
    "histories",
    "local_pool",
    "looks_like_a_class",
    "opened",
    "override",
    "plan",
    "report_of",
    "run",
    "similar",
    "similar_html",
    "standings",
    "write_students",
    "wrong",
]
