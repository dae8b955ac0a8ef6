"""Finds students whose code shares more than independent solutions do: it says where to look, never "copied".

Code is compared by winnowing (copydetect): names, comments and the order of functions don't matter. What the stubs
and the handout give is left out. Each fingerprint that two share counts log2(N / n) bits when n of N solutions
have it: a formula that everyone writes counts nothing, and a passage that only two have counts most. Independent
solutions that come with the project are among the N. The most that two of them share of a module is its baseline;
what a pair shares above the baselines is its surprise. A pair is listed when that is more than the largest one.

Source: Schleimer, Wilkerson and Aiken 2003, "Winnowing"; the weight is that of information retrieval, idf.
"""

from __future__ import annotations

import io
import math
import re
import sys
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
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
"""Bytes; larger modules are not compared."""

MANY = 300
"""From so many modules on, starting processes takes less time than it saves."""

MODULES = tuple(dict.fromkeys(task.module for task in TASKS.values()))
Code = Mapping[str, str]
"""A solution: {module: its text}."""


@dataclass(frozen=True, slots=True)
class Passage:
    """What two solutions share of a module: bits above its baseline, and the share of each that the other has."""

    module: str
    bits: float
    shares: tuple[float, float]
    slices: tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]
    """Where, in characters of each text."""
    texts: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two solutions, by whose they are, and what they share, the most first."""

    owners: tuple[str, str]
    bits: float
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The pairs that are listed, the most surprising first; `baselines` are {module: bits}."""

    pairs: tuple[Pair, ...]
    baselines: dict[str, float]
    compared: int
    left_out: tuple[str, ...]


def similar(
    solutions: Mapping[str, Code],
    together: Iterable[frozenset[str]] = (),
    independent: Mapping[str, Code] | None = None,
    most: int = 50,
) -> Found:
    """Pairs of solutions, {whose it is: code}, that share more than independent ones do, and at most so many.

    Pairs in `together` handed in as one group, or are one student's, and are left out. `independent` are solutions
    that are known to be so; without them, those of the project.

    Raises:
        UsageError: copydetect isn't installed.
    """
    own = {f"\0{name}": code for name, code in (independent or independents()).items()}
    prints, left_out = _fingerprints({**solutions, **own})
    weights = _weights(prints)
    shared: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for (module, _), (bits, owners) in weights.items():
        for pair in combinations(sorted(owners), 2):
            shared[pair][module] += bits
    baselines = dict.fromkeys(MODULES, 0.0)
    for pair, modules in shared.items():
        if own.keys() >= {*pair}:
            baselines |= {m: max(baselines[m], bits) for m, bits in modules.items()}
    skip, least = set(together), max(baselines.values())
    surprises = {}
    for pair, modules in shared.items():
        above = {m: bits - baselines[m] for m, bits in modules.items() if bits > baselines[m]}
        if sum(above.values()) > least and not own.keys() & {*pair} and frozenset(pair) not in skip:
            surprises[pair] = above
    ranked = sorted(surprises, key=lambda pair: (-sum(surprises[pair].values()), pair))[:most]
    pairs = tuple(_pair(pair, surprises[pair], prints) for pair in ranked)
    return Found(pairs, baselines, len(solutions), tuple(left_out))


def _weights(prints: Mapping[str, Mapping[str, CodeFingerprint]]) -> dict[tuple[str, int], tuple[float, set[str]]]:
    """For each fingerprint of a module that some and not most have: its bits, and who has it."""
    owners: dict[tuple[str, int], set[str]] = defaultdict(set)
    many = Counter[str]()
    for owner, modules in prints.items():
        for module, fingerprint in modules.items():
            many[module] += 1
            for each in fingerprint.hashes:
                owners[module, each].add(owner)
    return {
        key: (math.log2(many[key[0]] / len(who)), who)
        for key, who in owners.items()
        if 2 <= len(who) <= max(2, many[key[0]] // 4)
    }


def _pair(
    pair: tuple[str, str],
    modules: Mapping[str, float],
    prints: Mapping[str, Mapping[str, CodeFingerprint]],
) -> Pair:
    from copydetect.detector import compare_files

    passages = []
    for module in sorted(modules, key=lambda each: -modules[each]):
        first, second = (prints[owner][module] for owner in pair)
        _, shares, slices = compare_files(first, second)
        here, there = (tuple((int(a), int(b)) for a, b in zip(*each, strict=True)) for each in slices)
        texts = first.raw_code, second.raw_code
        passages.append(
            Passage(module, modules[module], (float(shares[0]), float(shares[1])), (here, there), texts)
        )
    return Pair(pair, sum(modules.values()), tuple(passages))


def _fingerprints(solutions: Mapping[str, Code]) -> tuple[dict[str, dict[str, CodeFingerprint]], list[str]]:
    """Of each solution and module, without what everyone is given; and a sentence on each that is left out."""
    if find_spec("copydetect") is None:
        raise UsageError("`grader class similar` needs copydetect: pip install 'copydetect>=0.5'")
    cut, everywhere = stubs.build(), _printed("handout", _handout(), 1).hashes
    without = {m: everywhere | _printed(m, cut.get(f"{m}.py", ""), 1).hashes for m in MODULES}
    made_of = _all_printed({(m, text) for code in solutions.values() for m, text in code.items()})
    found: dict[str, dict[str, CodeFingerprint]] = {}
    left_out = []
    for owner, code in solutions.items():
        found[owner] = {}
        for module in MODULES:
            text = code.get(module, "")
            if len(text) > LARGEST:
                left_out.append(f"{owner}: {module}.py is larger than {LARGEST >> 10} KiB")
            elif made := made_of.get((module, text)):
                made.hashes -= without[module]
                if made.hashes:
                    found[owner][module] = made
    return found, left_out


def _printed(module: str, text: str, window: int = WINDOW) -> CodeFingerprint:
    from copydetect.detector import CodeFingerprint

    return CodeFingerprint(f"{module}.py", NOISE, window, language="python", fp=io.StringIO(text))


def _all_printed(texts: set[tuple[str, str]]) -> dict[tuple[str, str], CodeFingerprint]:
    """The fingerprints of modules, {(module, text): it}; where there are many, on all processors of Linux.

    They have Python's hashes, which are the same only in processes that are forked.
    """
    todo = sorted((m, text) for m, text in texts if m in MODULES and text.strip() and len(text) <= LARGEST)
    if len(todo) < MANY or sys.platform != "linux":
        return {each: _printed(*each) for each in todo}
    with ProcessPoolExecutor(mp_context=get_context("fork")) as pool:
        made = pool.map(_printed, *zip(*todo, strict=True), chunksize=16)
        return dict(zip(todo, made, strict=True))


def _handout() -> str:
    """The handout's code."""
    text = (PROJECT / "handout.md").read_text(encoding="utf-8")
    return "\n".join(re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL))


def independents() -> dict[str, Code]:
    """The correct solutions that come with the project, each with the modules that are its own."""
    found: dict[str, Code] = {}
    for name in specimen.names():
        planted = specimen.load(name)
        if planted.kind == "correct" and planted.base == "replaced":
            folder = specimen.FOLDER / name
            found[name] = {p.stem: p.read_text("utf-8") for p in folder.glob("*.py") if p.stem in MODULES}
    found["reference"] = {m: (stubs.REFERENCE / f"{m}.py").read_text("utf-8") for m in MODULES}
    return found


def handed_in(store: Store) -> tuple[dict[str, Code], list[frozenset[str]]]:
    """The last attempt of each student that can be read, and who handed in one together."""
    attempts: dict[str, list[Row]] = defaultdict(list)
    for row in store.rows("SELECT * FROM attempts WHERE digest IS NOT NULL ORDER BY n"):
        attempts[row["student"]].append(row)
    solutions, groups = {}, defaultdict(list)
    for row in (in_order(rows)[-1] for rows in attempts.values()):
        solutions[row["student"]] = _unpacked(store.archive(row["digest"]))
        groups[row["label"], row["source"], row["handed_in"]].append(row["student"])
    together = [frozenset(pair) for students in groups.values() for pair in combinations(students, 2)]
    return solutions, together


def _unpacked(content: bytes) -> Code:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = {f"{PACKAGE}/{module}.py": module for module in MODULES}
        held = set(archive.namelist())
        return {m: archive.read(n).decode("utf-8", errors="replace") for n, m in names.items() if n in held}


def earlier(path: Path) -> Iterator[tuple[str, Code]]:
    """Solutions of another year: whatever `grader class add` reads, each called by the path and its label.

    Raises:
        UsageError: it looks like nothing that is known.
    """
    from grader.cohort.collect import taken

    with opened(path) as folder:
        layout = read(folder)
        if layout is None:
            raise UsageError(f"{str(path)!r} looks like no class: give what `grader class add` reads")
        for found in layout.found:
            if content := taken(found).content:
                yield f"{path.name}/{found.label}", _unpacked(content)


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
