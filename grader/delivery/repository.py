"""The students' repository: what is public, and a scan for what must not be in it."""

from __future__ import annotations

import ast
import hashlib
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from grader import __version__
from grader.course import USUAL, Course, weights
from grader.delivery import tailored
from grader.delivery.proving import prove
from grader.errors import GraderFault, UsageError
from grader.files import PROJECT
from grader.making import stubs

OWN = Path(__file__).with_name("student")
"""What only the students' repository has: its README, AGENTS.md, pyproject.toml, Makefile, workflow."""

LINE = 24
"""Shorter lines of code say too little to be recognized."""

SHARED = frozenset({"visible = [*range(33, 127), *range(161, 173), *range(174, 256)]"})
"""Lines of the reference that are public: GPT-2's printable form of bytes, which the fixtures are written in."""


def release(out: Path, *, git: bool = False, course: Course = USUAL) -> list[str]:
    """Write the students' repository of a course, and give its files.

    With `git`, `out` becomes a repository with one commit; when it is one, the new release is committed on top, so
    that `git pull --no-rebase` merges it into a student's work.

    Raises:
        UsageError: `out` holds something else, or its repository has changes that are not committed.
        GraderFault: something of the reference or of hidden checks was found, or the proof that the release works
            failed; nothing was written.
    """
    again = git and (out / ".git").is_dir()
    if again and _git(out, "status", "--porcelain"):
        raise UsageError(f"{str(out)!r} has changes that are not committed; commit or drop them first")
    if not again and out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{str(out)!r} is not empty; choose another folder")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".release-") as folder:
        made = Path(folder) / "made"
        files = _build(made, course)
        if found := scan(made):
            raise GraderFault("the release would give away what is not public: " + "; ".join(found[:5]))
        prove(made, course)
        if again:
            _git(out, "rm", "-r", "-q", "--ignore-unmatch", ".")
            shutil.copytree(made, out, dirs_exist_ok=True)
        else:
            if out.exists():
                out.rmdir()
            made.rename(out)
    if git:
        if not again:
            _git(out, "init", "-q", "-b", "main")
        _git(out, "add", "-A")
        if _git(out, "status", "--porcelain"):
            _git(out, *_author(out), "commit", "-q", "-m", f"Release {__version__}")
    return files


def _build(folder: Path, course: Course) -> list[str]:
    # Not above: what grades on a platform enters this room, and needs none of that page's libraries.
    from grader.delivery.page import page

    skip = shutil.ignore_patterns("__pycache__", "*.pyc")
    shutil.copytree(OWN, folder, ignore=skip)
    for name in ("tests", "fixtures"):
        shutil.copytree(PROJECT / name, folder / name, ignore=skip)
    (folder / "fixtures" / "README.md").unlink()
    (folder / "tests" / "conftest.py").rename(folder / "conftest.py")  # options are known in all folders below it
    shutil.copy(PROJECT / "LICENSE", folder)
    handout = _handout(course)
    _write(folder / "handout.md", handout)
    _write(folder / "handout.html", page(handout, folder))
    _write(folder / "README.md", tailored.readme((folder / "README.md").read_text(encoding="utf-8"), course))
    advice = folder / "AGENTS.md"
    _write(advice, tailored.examples(advice.read_text(encoding="utf-8"), course.points))
    (folder / "assignment").mkdir()
    for name, text in stubs.build(tasks=course.tasks).items():
        _write(folder / "assignment" / name, text)
    _choose(folder, course, handout)
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def handout_page(course: Course) -> str:
    """The handout of a course as one HTML page.

    >>> page = handout_page(Course(points={"5.5": 1}))
    >>> "Task 1.1" in page, "Task 5.5" in page
    (False, True)
    """
    from grader.delivery.page import page

    return page(_handout(course), PROJECT)


def _handout(course: Course) -> str:
    return tailored.handout((PROJECT / "handout.md").read_text(encoding="utf-8"), course)


def _choose(folder: Path, course: Course, handout: str) -> None:
    """Leave out what belongs to other tasks, and say which there are and what they and their checks are worth."""
    for path in (folder / "tests").glob("test_*.py"):
        if text := tailored.checks(path.read_text(encoding="utf-8"), course.points.keys()):
            _write(path, text)
        else:
            path.unlink()
    for path in (folder / "fixtures").glob("answers/*.txt"):
        if path.stem not in course.points:
            path.unlink()
    for path in (folder / "fixtures").glob("diagrams/*"):
        if path.name not in handout:
            path.unlink()
    answers = folder / "fixtures" / "answers" / "mistakes.json"
    _write(answers, tailored.mistakes(answers.read_text(encoding="utf-8"), course.points))
    said = {
        "tasks": course.points,
        "checks": weights(course, hidden=False),
        "functions": stubs.functions(course.tasks),
    }
    _write(folder / "tests" / "harness" / "course.json", json.dumps(said, indent=1) + "\n")


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def scan(folder: Path) -> list[str]:
    """What of the reference and of the hidden checks is in a folder, each as a sentence; none when it is clean.

    Compared are: whole files, by hash; lines of code inside functions; names of hidden checks and of the
    reference's own helpers; and texts and numbers that only hidden checks hold.
    """
    found = []
    files = {
        path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file() and _ours(path, folder)
    }
    hashes = {hashlib.sha256(path.read_bytes()).digest(): path for path in _private()}
    public = _public()
    lines, names, values = _lines(public), _names(public), _values(public)
    for path, raw in files.items():
        where = path.relative_to(folder).as_posix()
        if same := hashes.get(hashlib.sha256(raw).digest()):
            found.append(f"{where} is {same.relative_to(PROJECT).as_posix()}")
            continue
        text = raw.decode("utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), 1):
            if source := lines.get(line.strip()):
                found.append(f"{where}:{number} is a line of {source}")
        words = set(_words(text))
        found += [f"{where} names {name}, of {source}" for name, source in names.items() if name in words]
        if path.suffix == ".py":
            held = {value for _, value in _constants(text)}
            found += [f"{where} holds {value!r:.40}, of {values[value]}" for value in held & values.keys()]
    return found


def _ours(path: Path, folder: Path) -> bool:
    return ".git" not in path.relative_to(folder).parts and "__pycache__" not in path.parts


def _private() -> list[Path]:
    folders = [PROJECT / "grader" / name for name in ("reference", "hidden", "oracle")]
    return [path for folder in folders for path in sorted(folder.glob("*.py")) if path.name != "__init__.py"]


def _public() -> str:
    """The text of all that is public on purpose."""
    paths = [*sorted((PROJECT / "tests").rglob("*.py")), PROJECT / "handout.md"]
    return "\n".join([path.read_text(encoding="utf-8") for path in paths] + list(stubs.build().values()))


def _lines(public: str) -> dict[str, str]:
    """Lines of code inside functions, and where they are from; of hidden checks only what is not public, too."""
    known = {line.strip() for line in public.splitlines()}
    found = {}
    for path in _private():
        text = path.read_text(encoding="utf-8")
        rows = text.splitlines()
        for body in _bodies(text):
            for row in rows[body.lineno - 1 : body.end_lineno]:
                line = row.strip()
                shared = line in (SHARED if path.parent.name == "reference" else known)
                if len(line) >= LINE and not shared:
                    found[line] = path.relative_to(PROJECT).as_posix()
    return found


def _names(public: str) -> dict[str, str]:
    """Names of hidden checks, and of functions and classes that the reference keeps to itself."""
    found = {}
    for path in _private():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                hidden = path.parent.name == "hidden" and node.name.startswith("test_")
                helper = path.parent.name == "reference" and node.name.startswith("_") and len(node.name) > 8
                if hidden or (helper and not node.name.startswith("__")):
                    found[node.name] = path.relative_to(PROJECT).as_posix()
    known = set(_words(public))
    return {name: source for name, source in found.items() if name.startswith("test_") or name not in known}


def _values(public: str) -> dict[object, str]:
    """Long texts and large numbers of hidden checks that nothing public holds."""
    found: dict[object, str] = {}
    for path in sorted((PROJECT / "grader" / "hidden").glob("*.py")):
        for long, value in _constants(path.read_text(encoding="utf-8")):
            if long and str(value) not in public:
                found[value] = path.relative_to(PROJECT).as_posix()
    return found


def _constants(text: str) -> Iterator[tuple[bool, object]]:
    """Each number and text in code, and whether it is long enough to be recognized; none in what is no code."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes | int | float):
            yield len(repr(node.value)) >= (14 if isinstance(node.value, str | bytes) else 6), node.value


def _bodies(text: str) -> Iterator[ast.stmt]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            yield from node.body[ast.get_docstring(node) is not None :]


def _words(text: str) -> list[str]:
    return re.findall(r"[A-Za-z_]\w+", text)


def _author(folder: Path) -> list[str]:
    known = ["git", "config", "user.email"]
    asked = subprocess.run(known, cwd=folder, capture_output=True, check=False)
    return [] if asked.returncode == 0 else ["-c", "user.name=course staff", "-c", "user.email=staff@localhost"]


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UsageError(f"git {arguments[0]} failed in {str(folder)!r}: {done.stderr.strip()}")
    return done.stdout.strip()
