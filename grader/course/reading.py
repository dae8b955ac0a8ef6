"""Reads a course file, and names all of its mistakes at once."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from grader.course.late import Rule
from grader.course.model import USUAL, Course
from grader.course.roster import read as read_roster
from grader.errors import UsageError
from grader.model import Feedback
from tests.harness.tasks import TASKS

T = TypeVar("T")
KNOWN = {
    "": tuple("title term tasks parts optional points feedback due late attempts limits seed roster".split()),
    "late": ("grace_minutes", "percent_per_day", "most_days"),
    "limits": ("check_seconds",),
}
"""Keys of the file, and of its tables."""

LEAST_SECONDS, MOST_POINTS, MOST_DAYS = 0.1, 1_000_000, 10_000


def read(path: Path, *, roster: bool = True) -> Course:
    """The course that a file describes; a relative `roster` is looked for beside it.

    Without `roster`, the roster is not opened: it is nothing that grading needs, and so no autograder holds it.

    Raises:
        UsageError: the file can't be read, or has mistakes; the message has a sentence for each of them.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except OSError as error:
        raise UsageError(f"the course file {str(path)!r} can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"the course file {str(path)!r} is not text in UTF-8; save it as that") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"the course file {str(path)!r} is not TOML: {error}") from None
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, brackets within brackets
        raise UsageError(f"the course file {str(path)!r} holds what no course needs: {error}") from None
    reader = _Reader(data)
    course = reader.course(path, roster)
    if reader.mistakes:
        number = len(reader.mistakes)
        said = "".join(f"\n- {mistake}" for mistake in reader.mistakes)
        raise UsageError(f"the course file {str(path)!r} has {number} mistake{'s' * (number > 1)}:{said}")
    return course


class _Reader:
    """Takes values out of the file's data, and gathers what is wrong with them, a sentence each."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.mistakes: list[str] = []
        for table, known in KNOWN.items():
            self._unknown(table, known)

    def course(self, path: Path, roster: bool) -> Course:
        """All of it; where something is wrong, what stands in its place means nothing."""
        due = self._take("due", _due)
        late = self._late()
        if "late" in self.data and "due" not in self.data:
            self.mistakes.append("[late] needs to know when the course is due; write `due` above it.")
        return Course(
            title=self._take("title", _text) or "",
            term=self._take("term", _text) or "",
            points=self._points(self._tasks()),
            feedback=self._take("feedback", _feedback),
            due=due,
            late=late,
            attempts=self._take("attempts", _attempts) or "last",
            check_seconds=self._take("limits.check_seconds", _number(LEAST_SECONDS, 3600)),
            seed=self._take("seed", _text) or "",
            roster=self._take("roster", lambda value: _roster(path.parent / _text(value), roster)),
            file=path,
        )

    def _unknown(self, table: str, known: tuple[str, ...]) -> None:
        held = self._table(table) if table else self.data
        for key in [each for each in held if each not in known]:
            where = f"[{table}] has no key" if table else "there is no key"
            self.mistakes.append(f"{where} {key!r}; {_nearest(key, known)}")

    def _table(self, name: str) -> dict[str, Any]:
        """A table of the file; what is none is a mistake that is told once, and counts as an empty one."""
        held = self.data.get(name, {})
        if not isinstance(held, dict):
            self.mistakes.append(f"{name} = {_shown(held)} must be a table: write [{name}], and its keys below.")
            self.data[name] = held = {}
        return held

    def _take(self, name: str, convert: Callable[[Any], T]) -> T | None:
        """A value, converted; None where it is not there or wrong."""
        table, _, key = name.rpartition(".")
        held = self._table(table) if table else self.data
        if key not in held:
            return None
        try:
            return convert(held[key])
        except ValueError as error:
            value = "(secret)" if name == "seed" else _shown(held[key])
            self.mistakes.append(f"{name} = {value} {error}.")
            return None

    def _tasks(self) -> list[str]:
        if "tasks" in self.data and "parts" in self.data:
            self.mistakes.append("there are both `tasks` and `parts`; keep one of them.")
        if "tasks" in self.data and "optional" in self.data:
            self.mistakes.append("there are both `tasks` and `optional`; name all tasks in `tasks`.")
        parts = sorted({int(task.partition(".")[0]) for task in TASKS})
        if "tasks" in self.data:
            chosen = self._chosen("tasks", list(TASKS), str)
            return [task for task in TASKS if task in chosen]
        chosen = self._chosen("parts", parts, int) if "parts" in self.data else parts
        optional = [task.id for task in TASKS.values() if task.optional]
        added = self._chosen("optional", optional, str) if "optional" in self.data else ()
        return [
            task
            for task in TASKS
            if task in added or (task not in optional and int(task.partition(".")[0]) in chosen)
        ]

    def _chosen(self, name: str, known: list[Any], kind: type) -> list[Any]:
        """A list of what is known, without one that is there twice; all of it where the list is wrong."""
        given = self.data[name]
        example = ", ".join(_shown(each) for each in known[:2])
        if name == "optional" and given == []:
            return []
        if not isinstance(given, list) or not given or any(type(each) is not kind for each in given):
            quotes = ", with quotes" * (kind is str)
            self.mistakes.append(f"{name} = {_shown(given)} must be a list such as [{example}]{quotes}.")
            return known
        for each in given:
            if name == "optional" and each in USUAL.points:
                said = f"optional has {_shown(each)}, which is no optional task: it is in the course without that."
                self.mistakes.append(said)
            elif each not in known:
                noun = "optional task" if name == "optional" else name[:-1]
                what = f"{name} has {_shown(each)}, and there is no such {noun}"
                self.mistakes.append(f"{what}; {_nearest(str(each), [str(one) for one in known])}")
        twice = [each for each, times in Counter(given).items() if times > 1]
        self.mistakes += [f"{name} has {_shown(each)} more than once; keep one of them." for each in twice]
        return given

    def _points(self, tasks: list[str]) -> dict[str, float]:
        given = self._table("points")
        points = {task: TASKS[task].points for task in tasks}
        for task, value in given.items():
            name = f'"{task}" = {_shown(value)} in [points]'
            if isinstance(value, dict):
                name = f"[points] names {task!r}"
                self.mistakes.append(f'{name} without quotes around a task, which TOML needs: "{_dotted(given)}".')
            elif task not in TASKS:
                self.mistakes.append(f"{name} is about no task; {_nearest(task, list(TASKS))}")
            elif task not in tasks and TASKS[task].optional and "tasks" not in self.data:
                self.mistakes.append(f"{name} is about an optional task; name it in `optional`, too.")
            elif task not in tasks:
                self.mistakes.append(f"{name} is about a task that the course leaves out; drop the line.")
            else:
                try:
                    points[task] = _worth(value)
                except ValueError as error:
                    self.mistakes.append(f"{name} {error}.")
        if points and not any(points.values()):
            self.mistakes.append("all tasks together are worth 0 points; let one of them be worth more.")
        return points

    def _late(self) -> Rule:
        return Rule(
            grace_minutes=self._take("late.grace_minutes", _number(0, MOST_DAYS * 24 * 60)) or 0,
            percent_per_day=self._take("late.percent_per_day", _number(0, 100)) or 0,
            most_days=self._take("late.most_days", _days),
        )


def _shown(value: Any) -> str:
    """A value about as the file has it, and not long.

    >>> _shown(True), _shown(["1.1"]), _shown(Decimal("0.5"))
    ('true', '["1.1"]', '0.5')
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        text = (
            '"' + value.encode("unicode_escape").decode("ascii") + '"' if not value.isprintable() else f'"{value}"'
        )
    elif isinstance(value, list):
        text = f"[{', '.join(map(_shown, value))}]"
    else:
        text = "{...}" if isinstance(value, dict) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _dotted(points: Mapping[str, Any]) -> str:
    part, held = next((key, value) for key, value in points.items() if isinstance(value, dict))
    return f"{part}.{next(iter(held), '1')}"


def _nearest(word: str, known: list[str] | tuple[str, ...]) -> str:
    """What may have been meant, or all there is.

    >>> _nearest("titel", ["title", "term"]), _nearest("x", ["title", "term"])
    ("did you mean 'title'?", 'there are title, term.')
    """
    near = get_close_matches(word, known, n=1)
    all_ = f"{known[0]} to {known[-1]}" if known[-1][-1:].isdigit() else ", ".join(known)
    return f"did you mean {near[0]!r}?" if near else f"there are {all_}."


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError('must be a text in quotes, such as "autumn"')
    if not value.isprintable():
        raise ValueError("must be one line, without signs that can't be seen")
    return value


def _worth(value: Any) -> float:
    """Points of a task, which have at most two decimals."""
    points = _number(0, MOST_POINTS)(value)
    if round(points, 2) != points:
        raise ValueError("has more than two decimals")
    return int(points) if points == int(points) else points


def _number(least: float, most: float) -> Callable[[Any], float]:
    def take(value: Any) -> float:
        number = isinstance(value, int | Decimal) and not isinstance(value, bool) and Decimal(value).is_finite()
        if not number or not least <= value <= most:
            raise ValueError(f"must be a number from {least} to {most:,}")
        return value if isinstance(value, int) else float(value)

    return take


def _days(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= MOST_DAYS:
        raise ValueError(f"must be a whole number from 0 to {MOST_DAYS:,}")
    return value


def _due(value: Any) -> datetime:
    example = "such as 2026-10-30T23:59:00+01:00, without quotes"
    if not isinstance(value, datetime):
        raise ValueError(f"must be a date and a time with their distance from UTC, {example}")
    if value.tzinfo is None:
        raise ValueError(f"does not say how far its clock is from UTC; add that, {example}")
    return value


def _feedback(value: Any) -> Feedback:
    if value not in list(Feedback):
        raise ValueError(f"must be one of {', '.join(Feedback)}")
    return Feedback(value)


def _attempts(value: Any) -> Any:
    if value not in ("last", "best"):
        raise ValueError('must be "last" or "best"')
    return value


def _roster(path: Path, opened: bool) -> Path:
    """The path of a roster that can be read."""
    if opened:
        try:
            read_roster(path, "the file")
        except UsageError as error:
            raise ValueError(f"can't be used: {error}") from None
    return path
