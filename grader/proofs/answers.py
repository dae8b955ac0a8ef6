"""Records the cases of `fixtures/answers/`: small inputs, right answers, and what known mistakes answer.

Beside them, `mistakes.json` tells which public checks each known mistake fails.

python -m grader.proofs.answers         # all tasks, or those that are named: python -m grader.proofs.answers 4.2

The inputs are drawn as those of the hidden properties are, by other seeds; none that a check tries by itself is
among them. Where a correct specimen answers otherwise, the handout leaves a liberty: such cases are left out. Of
each function those are kept that tell planted mistakes from the right answer, and some more, the shortest first.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from grader.files import PROJECT, json_lines
from grader.grading import pytest_args
from grader.proofs import specimen
from grader.proofs.calibration import planned, try_one
from grader.proofs.specimen import must_lose
from tests.harness.contract import RETURNS
from tests.harness.direct import DirectBackend
from tests.harness.expect import Failure, expect_close
from tests.harness.outcomes import Altered, Limits, NotPlain, Stopped, StudentError, Verdict
from tests.harness.plain import conform
from tests.harness.tasks import TASKS
from tests.recorded import ANSWERS, close, literal

SEEDS = (1001, 1002, 1003)
MOST_LETTERS, KEPT, EACH = 240, 24, 3
"""Of a case without its mistakes; cases kept of a function, and of those that tell one mistake."""

SHARED, FEWER = 80, 2
"""Of an optional task, whose file stays small: cases of all its functions, and of those that tell one mistake."""

FEWEST = 9
"""A task with fewer has none."""

STUCK = 3
"""After so many calls that don't end, a specimen is asked no more."""

SLOW_S, CORRECT_S = 1.0, 20.0
"""A call of a specimen may take so long; of a correct one longer, since what it does not answer is left out."""

SENTENCES = 3
"""Of one case; where more mistakes answer alike, it tells none from another."""

Called = tuple[str, str, tuple[Any, ...], dict[str, Any], Any]
"""Task, path, arguments, named ones, answer."""


def recorded(folder: Path, examples: int, checks: Sequence[str], *tasks: str) -> Iterator[str]:
    """The lines of all calls that checks of these folders and tasks (or all) make with so many other examples."""
    file = folder / f"{examples}.txt"
    file.touch()
    plugins = ("-p", "tests.harness.plugin", "-p", "grader.proofs.recording")
    command = [sys.executable, "-m", "pytest", *plugins, *pytest_args(tasks or tuple(TASKS), checks)]
    command += ["--submission", str(folder), "--record", str(file), "--examples", str(examples)]
    command += ["-k", "not recorded_answers"]  # whose cases may be recorded anew
    subprocess.run(command, cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)
    with file.open(encoding="utf-8") as lines:
        yield from lines


def cases(*tasks: str) -> list[Called]:
    """What properties of these tasks (or all) tried with other seeds, and no check tries by itself.

    The shortest come first, and no case comes twice.
    """
    with tempfile.TemporaryDirectory(prefix="grader-answers-") as name:
        root = specimen.compose(specimen.load("reference"), Path(name))
        known = set(recorded(root, 0, ("tests", "grader/hidden"), *tasks))
        drawn = {line for seed in SEEDS for line in recorded(root, seed, ("grader/hidden",), *tasks)}
    return [
        ast.literal_eval(line)
        for line in sorted(drawn - known, key=lambda line: (len(line), line))
        if len(line) <= MOST_LETTERS and str(tempfile.gettempdir()) not in line
    ]


def answers(name: str, called: Sequence[Called]) -> list[str | None]:
    """What a specimen answers to each call, as a literal; None where it doesn't, or where it was not asked."""
    given: list[str | None] = []
    stuck = 0
    with tempfile.TemporaryDirectory(prefix="grader-answers-") as folder:
        planted = specimen.load(name)
        root = specimen.compose(planted, Path(folder))
        wall_s = CORRECT_S if planted.kind == "correct" else SLOW_S
        (root / "assignment" / "__init__.py").touch()
        for each in called:
            backend = DirectBackend(root, root, Limits(wall_s=wall_s))
            try:
                given.append(_asked(backend, each) if stuck < STUCK else None)
            except (StudentError, NotPlain, Altered, ValueError):
                given.append(None)
            except Stopped as stopped:
                given.append(None)
                stuck += stopped.verdict is Verdict.TIMEOUT
    return given


def _asked(backend: DirectBackend, called: Called) -> str:
    _, path, args, kwargs, _ = called
    return literal(conform(backend.invoke(path, None, list(args), kwargs, False), RETURNS[path]))


def alike(path: str, one: Any, other: Any) -> bool:
    """Whether two answers are alike, as the checks compare them."""
    if not close(path):
        return type(one) is type(other) and one == other
    try:
        expect_close(one, other)
    except Failure:
        return False
    return True


def sentence(name: str) -> str:
    """The words in which a lost check names a planted mistake; empty where it is named otherwise."""
    if specimen.load(name).kind != "misconception":
        return ""
    trial = try_one(specimen.load(name), fast=True, isolation="none")
    said = trial.naming.message if trial.naming else ""
    _, _, hints = said.partition("\n  try ")
    lines = [line.strip().removeprefix("perhaps: ").removeprefix("or: ") for line in hints.split("\n")]
    return next((line for line in lines if trial.specimen.message in line), "")


def chosen(called: Sequence[Called], told: dict[int, dict[str, str]], free: set[int]) -> list[int]:
    """Which cases are kept: for each mistake some that tell it, and others up to `KEPT` of a function.

    Of an optional task there are fewer: `SHARED` of all its functions, but for those that tell mistakes.
    """
    by_path: dict[str, list[int]] = defaultdict(list)
    for n in sorted({*range(len(called))} - free):
        by_path[called[n][1]].append(n)
    functions = Counter(called[numbers[0]][0] for numbers in by_path.values())
    kept: set[int] = set()
    for path, numbers in by_path.items():
        task = called[numbers[0]][0]
        most, each = KEPT, EACH
        if TASKS[task].optional:
            most, each = min(KEPT, SHARED // functions[task]), FEWER
        mine: set[int] = set()
        for mistake in sorted({mistake for n in numbers for mistake in told[n]}):
            telling = [n for n in numbers if mistake in told[n]]
            telling.sort(key=lambda n: (len(told[n]) > SENTENCES, n))
            mine.update(telling[:each])
        rest = [n for n in numbers if n not in mine]
        random.Random(path).shuffle(rest)
        kept |= {*mine, *rest[: max(most - len(mine), 0)]}
    return sorted(kept)


def build(called: Sequence[Called]) -> dict[str, str]:
    """Every file: {task: text}."""
    planted = [specimen.load(name) for name in specimen.names()]
    modules = [call[1].split(".")[0] for call in called]
    planted = [each for each in planted if each.kind != "attack" and set(modules) & {*each.modules}]
    asked_of = {}
    for each in planted:
        changed = each.modules
        asked_of[each.name] = [n for n, module in enumerate(modules) if module in changed]
    with ProcessPoolExecutor(os.cpu_count(), max_tasks_per_child=1) as pool:
        given = list(pool.map(answers, asked_of, ([called[n] for n in each] for each in asked_of.values())))
        said = dict(zip(asked_of, pool.map(sentence, asked_of), strict=True))
    free: set[int] = set()
    told: dict[int, dict[str, str]] = defaultdict(dict)
    for each, answered in zip(planted, given, strict=True):
        for n, answer in zip(asked_of[each.name], answered, strict=True):
            task, path, *_, right = called[n]
            if answer is not None and alike(path, ast.literal_eval(answer), right):
                continue
            if each.kind == "correct":
                free.add(n)
            elif task in {check.split("/")[0] for check in each.loses}:
                told[n][each.name] = answer or ""
    files: dict[str, list[str]] = defaultdict(list)
    for n in chosen(called, told, free):
        task, *case = called[n]
        wrong = {said[name]: answer for name, answer in told[n].items() if answer and said[name]}
        files[task].append(literal((*case, {words: ast.literal_eval(answer) for words, answer in wrong.items()})))
    return {task: "".join(f"{line}\n" for line in files[task]) for task in TASKS if len(files[task]) >= FEWEST}


def mistakes() -> str:
    """Every planted mistake in one sentence, and the public checks that it fails, as JSON."""
    public = planned(hidden=False)
    known = {
        each.sentence: sorted(must_lose(each, public))
        for each in map(specimen.load, specimen.names())
        if each.kind == "misconception"
    }
    return json_lines(dict(sorted(known.items())))


def main() -> None:
    """Write them."""
    parser = argparse.ArgumentParser(description="Write fixtures/answers/, which takes some ten minutes.")
    parser.add_argument("--mistakes", action="store_true", help="only the table of mistakes, which takes none")
    parser.add_argument("tasks", nargs="*", help="their numbers; without any, all")
    told = parser.parse_args()
    if unknown := sorted({*told.tasks} - TASKS.keys()):
        parser.error(f"there is no task {', '.join(unknown)}")
    ANSWERS.mkdir(exist_ok=True)
    (ANSWERS / "mistakes.json").write_bytes(mistakes().encode())
    if told.mistakes:
        return
    for task, text in build(cases(*told.tasks)).items():
        (ANSWERS / f"{task}.txt").write_bytes(text.encode())
        sys.stdout.write(f"{task}: {text.count(chr(10))} cases, {len(text):,} bytes\n")


if __name__ == "__main__":
    main()
