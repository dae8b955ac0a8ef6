"""Finds students whose code shares more than independent solutions do: it says where to look, never "copied".

Code is compared by winnowing (copydetect): names, comments and the order of functions don't matter, and neither
does the file in which it stands. What the stubs and the handout give is left out. Each fingerprint that two share
counts log2(N / n) bits when n of N students have it: a formula that everyone writes counts nothing, and a passage
that only two have counts most. Independent solutions that come with the project are among the N. The most that two
of them share of a module is its baseline; what a pair shares above the baselines is its surprise. A pair is listed
when that is more than the largest one.

Source: Schleimer, Wilkerson and Aiken 2003, "Winnowing"; the weight is that of information retrieval, idf.
"""

from __future__ import annotations

import io
import math
import os
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import combinations
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from grader.cohort.layouts import opened, read
from grader.cohort.scores import in_order
from grader.cohort.store import Row, Store
from grader.errors import UsageError
from grader.files import PROJECT
from grader.making import stubs
from grader.proofs import specimen
from grader.reports import environment
from tests.handin import PACKAGE
from tests.harness.tasks import TASKS

if TYPE_CHECKING:
    from copydetect import CodeFingerprint

NOISE = 25
"""Characters of code, names cut to one letter; shorter passages are no fingerprint."""

WINDOW = 8
LARGEST = 200 << 10
"""Bytes; larger files are not compared."""

PROCESS = 100
"""So many files are worth a process of their own."""

RING = 30
"""A passage that more students have counts nothing, if they are also more than half of those that are compared."""

HIDDEN = 1_000
"""Characters of a file in which there is no code to compare, which is worth a word."""

SHOWN, FEW = 6, 10
"""So many pairs of files are shown of two solutions, and none but the first that shares fewer bits."""

MODULES = tuple(dict.fromkeys(task.module for task in TASKS.values()))
OTHERS = "other files"
"""What stands in files that no task asks for."""

Code = Mapping[str, str]
"""A solution's files: {name below assignment/, without .py: its text}."""


@dataclass(frozen=True, slots=True)
class Solution:
    """A solution, what it is called, and whose it is; `past` is one of another year."""

    name: str
    code: Code
    student: str
    past: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """What a file of one solution shares with one of another: bits, and the share of each that the other has."""

    files: tuple[str, str]
    bits: float
    shares: tuple[float, float]
    slices: tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]
    """Where, in characters of each text."""
    texts: tuple[str, str]

    @property
    def called(self) -> str:
        """Such as `words.py`, or `words.py and _help.py`."""
        return " and ".join(f"{file}.py" for file in dict.fromkeys(self.files))


@dataclass(frozen=True, slots=True)
class Pair:
    """Two solutions by their names, their bits above the baselines, and what they share, the most first."""

    owners: tuple[str, str]
    bits: float
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The pairs that are listed, the most surprising first, how many `more` there are, and {module: baseline}."""

    pairs: tuple[Pair, ...]
    more: int
    baselines: dict[str, float]
    compared: int
    left_out: tuple[str, ...]


def similar(
    solutions: Sequence[Solution],
    together: Iterable[frozenset[str]] = (),
    independent: Mapping[str, Code] | None = None,
    most: int = 50,
) -> Found:
    """Pairs of solutions that share more than independent ones do, at most so many, and one of two students.

    Students in `together` handed in as one group, and are left out, as are two solutions of other years.
    `independent` are solutions that are known to be so; without them, those of the project.

    Raises:
        UsageError: copydetect isn't installed.
    """
    own = [Solution(f"\0{name}", code, f"\0{name}") for name, code in (independent or independents()).items()]
    of = {each.name: each for each in (*solutions, *own)}
    prints, left_out = _fingerprints(of.values())
    weights = _weights(prints, of)
    shared = _shared(weights)
    independent_names = {each.name for each in own}
    baselines: dict[str, float] = defaultdict(float)
    for pair, modules in shared.items():
        if independent_names >= {*pair}:
            for module, bits in modules.items():
                baselines[module] = max(baselines[module], bits)
    skip, least = set(together), max(baselines.values(), default=0.0)
    surprises = {}
    for pair, modules in shared.items():
        first, second = (of[name] for name in pair)
        bits = sum(bits - baselines[m] for m, bits in modules.items() if bits > baselines[m])
        apart = first.student != second.student and frozenset((first.student, second.student)) not in skip
        if bits > least and apart and not independent_names & {*pair} and not (first.past and second.past):
            surprises[pair] = bits
    ranked: dict[frozenset[str], tuple[str, str]] = {}
    for pair in sorted(surprises, key=lambda pair: (-surprises[pair], pair)):
        ranked.setdefault(frozenset(of[name].student for name in pair), pair)
    listed = [*ranked.values()]
    pairs = tuple(_pair(pair, surprises[pair], prints, weights) for pair in listed[:most])
    return Found(pairs, len(listed) - len(pairs), {**baselines}, len(solutions), tuple(left_out))


@dataclass(frozen=True, slots=True)
class _Weight:
    """Of a fingerprint: the module where most have it, its bits, and the names of the solutions that have it."""

    module: str
    bits: float
    names: frozenset[str]


def _weights(
    prints: Mapping[str, Mapping[str, CodeFingerprint]], of: Mapping[str, Solution]
) -> dict[int, _Weight]:
    """Of each fingerprint that some students have."""
    names: dict[int, set[str]] = defaultdict(set)
    places: dict[int, Counter[str]] = defaultdict(Counter)
    students: dict[str, set[str]] = defaultdict(set)
    for name, files in prints.items():
        for file, fingerprint in files.items():
            module = file if file in MODULES else OTHERS
            students[module].add(of[name].student)
            for each in fingerprint.hashes:
                names[each].add(name)
                places[each][module] += 1
    everybody = {of[name].student for name in prints}
    found = {}
    for each, having in names.items():
        many = len({of[name].student for name in having})
        place = places[each]
        module = min(place, key=lambda module: (module == OTHERS, -place[module], module))
        could = everybody if OTHERS in place else students[module]
        all_ = max(len(could), many)
        if 2 <= many <= max(RING, all_ // 2):
            found[each] = _Weight(module, math.log2(all_ / many), frozenset(having))
    return found


def _shared(weights: Mapping[int, _Weight]) -> dict[tuple[str, str], dict[str, float]]:
    """What each pair of solutions shares: {names, sorted: {module: bits}}."""
    alike: dict[tuple[str, frozenset[str]], float] = defaultdict(float)
    for weight in weights.values():  # whoever has one passage of a source has most of the others
        alike[weight.module, weight.names] += weight.bits
    shared: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for (module, names), bits in alike.items():
        for pair in combinations(sorted(names), 2):
            shared[pair][module] += bits
    return shared


def _pair(
    pair: tuple[str, str],
    bits: float,
    prints: Mapping[str, Mapping[str, CodeFingerprint]],
    weights: Mapping[int, _Weight],
) -> Pair:
    from copydetect.detector import compare_files

    both = {}
    for here, first in prints[pair[0]].items():
        for there, second in prints[pair[1]].items():
            if shared := sum(weights[each].bits for each in first.hashes & second.hashes if each in weights):
                both[here, there] = shared
    passages = []
    ranked = sorted(both, key=lambda files: (-both[files], files))
    for files in [each for n, each in enumerate(ranked[:SHOWN]) if n == 0 or both[each] >= FEW]:
        first, second = (prints[name][file] for name, file in zip(pair, files, strict=True))
        _, shares, slices = compare_files(first, second)
        left, right = (tuple((int(a), int(b)) for a, b in zip(*each, strict=True)) for each in slices)
        texts = first.raw_code, second.raw_code
        passages.append(Passage(files, both[files], (float(shares[0]), float(shares[1])), (left, right), texts))
    return Pair(pair, bits, tuple(passages))


def _fingerprints(
    solutions: Iterable[Solution],
) -> tuple[dict[str, dict[str, CodeFingerprint]], list[str]]:
    """Of each solution and file, without what everyone is given; and a sentence on each that is left out."""
    if find_spec("copydetect") is None:
        raise UsageError("`grader class similar` needs copydetect: pip install 'copydetect>=0.5'")
    kept, left_out = {}, []
    for solution in solutions:
        for file, text in solution.code.items():
            if len(text) > LARGEST:
                left_out.append(f"{solution.name}: {file}.py is larger than {LARGEST >> 10} KiB")
            elif text.strip():
                kept[solution.name, file] = _plain(text)
    given = {_plain(text) for text in (*stubs.build().values(), _handout())}
    made = _all_printed({(text, WINDOW) for text in kept.values()} | {(text, 1) for text in given})
    without = set().union(*(made[text, 1].hashes for text in given))
    found: dict[str, dict[str, CodeFingerprint]] = defaultdict(dict)
    for (name, file), text in kept.items():
        own = copy(made[text, WINDOW])
        if len(text) > HIDDEN and not own.hashes:
            left_out.append(f"{name}: {file}.py has no code that can be compared")
        own.hashes = own.hashes - without
        if own.hashes:
            found[name][file] = own
    return found, left_out


def _plain(text: str) -> str:
    """A text as copydetect counts its characters: line ends of one kind, and no empty lines around it."""
    return re.sub(r"\r\n?", "\n", text.lstrip("\ufeff")).strip("\n") + "\n"


def _printed(text: str, window: int) -> CodeFingerprint:
    from copydetect.detector import CodeFingerprint

    return CodeFingerprint("solution.py", NOISE, window, language="python", fp=io.StringIO(text))


def _all_printed(texts: set[tuple[str, int]]) -> dict[tuple[str, int], CodeFingerprint]:
    """The fingerprints of texts, {(text, window): it}, on as many processors as that is worth.

    They are Python's hashes, which are the same each time only in processes that are started for it.
    """
    todo = sorted(texts - _KNOWN.keys())
    if todo:
        jobs = min(os.cpu_count() or 1, 1 + len(todo) // PROCESS)
        with _same_hashes(), ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            made = pool.map(_printed, *zip(*todo, strict=True), chunksize=8)
            _KNOWN.update(zip(todo, made, strict=True))
    return {each: _KNOWN[each] for each in texts}


_KNOWN: dict[tuple[str, int], CodeFingerprint] = {}
"""What this process has made."""


@contextmanager
def _same_hashes() -> Iterator[None]:
    """Processes that are started inside hash texts alike."""
    name = "PYTHONHASHSEED"
    before = os.environ.get(name)
    os.environ[name] = "0"
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def _handout() -> str:
    """The handout's code."""
    text = (PROJECT / "handout.md").read_text(encoding="utf-8")
    return "\n".join(re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL))


def independents() -> dict[str, Code]:
    """The correct solutions that come with the project, each with the files that are its own."""
    folders = {"reference": stubs.REFERENCE}
    for name in specimen.names():
        planted = specimen.load(name)
        if planted.kind == "correct" and planted.base == "replaced":
            folders[name] = specimen.FOLDER / name
    return {
        name: {path.stem: path.read_text("utf-8") for path in folder.glob("*.py") if path.stem != "__init__"}
        for name, folder in folders.items()
    }


def handed_in(store: Store) -> tuple[list[Solution], list[frozenset[str]]]:
    """All that students handed in and that can be read, and who handed in something together.

    The last attempt has the student's name alone, and the others a number.
    """
    attempts: dict[str, list[Row]] = defaultdict(list)
    for row in store.rows("SELECT * FROM attempts WHERE digest IS NOT NULL ORDER BY n"):
        attempts[row["student"]].append(row)
    solutions: list[Solution] = []
    groups: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for student, rows in attempts.items():
        latest = {row["digest"]: n for n, row in enumerate(in_order(rows), 1)}
        for digest, n in latest.items():
            name = student if n == len(rows) else f"{student}, attempt {n}"
            solutions.append(Solution(name, _unpacked(store.archive(digest)), student))
        for row in rows:
            groups[row["label"], row["source"], row["handed_in"]].add(student)
    together = [frozenset(pair) for students in groups.values() for pair in combinations(sorted(students), 2)]
    return solutions, together


def _unpacked(content: bytes) -> Code:
    files = re.compile(rf"{PACKAGE}/(?!__init__\.)(.+)\.py")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        found = (files.fullmatch(name) for name in archive.namelist())
        return {each[1]: archive.read(each[0]).decode("utf-8", errors="replace") for each in found if each}


def earlier(paths: Sequence[Path]) -> Iterator[Solution]:
    """Solutions of other years: whatever `grader class add` reads, each called by its path and its label.

    Raises:
        UsageError: one looks like nothing that is known.
    """
    from grader.cohort.collect import taken

    last = Counter(path.name for path in paths)
    for path in paths:
        called = path.name if last[path.name] == 1 else str(path)
        with opened(path) as folder:
            layout = read(folder)
            if layout is None:
                raise UsageError(f"{str(path)!r} looks like no class: give what `grader class add` reads")
            for found in layout.found:
                if content := taken(found).content:
                    name = f"{called}/{found.label}"
                    yield Solution(name, _unpacked(content), name, past=True)


def marked(text: str, slices: Sequence[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    """A text in pieces, and whether each lies in one of the slices, which may overlap.

    >>> list(marked("abcdef", [(1, 3), (2, 4)]))
    [('a', False), ('bcd', True), ('ef', False)]
    """
    at = 0
    for start, end in sorted(slices):
        if end <= at:
            continue
        if start > at:
            yield text[at:start], False
            at = start
        stop = end
        for other, later in sorted(slices):
            if other <= stop < later:
                stop = later
        yield text[at:stop], True
        at = stop
    if at < len(text):
        yield text[at:], False


def similar_html(found: Found) -> str:
    """One HTML page, on which the passages of each pair stand side by side, marked."""
    return environment.get_template("similar.html").render(found=found, marked=marked)
