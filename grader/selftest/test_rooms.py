"""The rooms of grader/: who imports whom, and by which names."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from grader.files import PROJECT

MODULES = sorted(
    p for p in [*PROJECT.glob("grader/**/*.py"), *PROJECT.glob("tests/**/*.py")] if "specimens" not in p.parts
)
OURS = [path for path in MODULES if path.is_relative_to(PROJECT / "grader")]
ROOMS = [
    "errors",
    "model files",
    "reference oracle",
    "intake making hardware course",
    "hidden isolation",
    "grading",
    "proofs",
    "reports",
    "delivery cohort",
    "bench",
    "cli",
]
"""From the bottom up."""

SHARED = {"errors", "model", "files", "reference", "oracle", "hidden", "hardware"}
"""What needs no door: what all rooms share, and the course itself, whose modules are its names."""


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """All of a file's syntax tree."""
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def imports(path: Path) -> set[str]:
    """Every module that a file imports."""
    found: set[str] = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def starts(names: set[str], *prefixes: str) -> set[str]:
    """Those names that are one of the prefixes or below it."""
    return {name for name in names for prefix in prefixes if name == prefix or name.startswith(f"{prefix}.")}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PROJECT)))
def test_nothing_trusted_imports_the_assignment(path: Path) -> None:
    """Only the direct mode imports a submission, by name and on purpose."""
    assert not starts(imports(path), "assignment")


def test_the_worker_imports_nothing_of_ours() -> None:
    """What runs beside student code stands alone."""
    for path in (PROJECT / "grader/isolation/inside").glob("*.py"):
        assert not starts(imports(path), "grader", "tests"), path


def test_what_ships_knows_nothing_of_the_grader() -> None:
    """tests/ works without grader/."""
    for path in PROJECT.glob("tests/**/*.py"):
        assert not starts(imports(path), "grader"), path


def room(path: Path) -> str:
    """The folder of grader/ that a file is in, or that a selftest is about; or the module that it is."""
    parts = path.relative_to(PROJECT / "grader").with_suffix("").parts
    return parts[1] if parts[0] == "selftest" and len(parts) > 2 else parts[0]


def test_every_room_has_its_place_in_the_order() -> None:
    """Nothing in grader/ is left out of the rule on imports."""
    inside = {room(path) for path in OURS if "selftest" not in path.parts}
    assert inside - {"__init__", "__main__"} == {each for level in ROOMS for each in level.split()}


@pytest.mark.parametrize("level", range(len(ROOMS)), ids=lambda n: str(ROOMS[n]))
def test_imports_run_one_way(level: int) -> None:
    """A room imports only itself, and rooms of the levels below."""
    below = {each for lower in ROOMS[:level] for each in lower.split()}
    for path in OURS:
        if room(path) in ROOMS[level].split() and "selftest" not in path.parts:
            used = {name.split(".")[1] for name in imports(path) if name.startswith("grader.")} - {"__version__"}
            assert used <= below | {room(path)}, path


def foreign(path: Path) -> Iterator[tuple[str, str]]:
    """Each (module, name) that a file imports from another room than its own."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names if alias.name.startswith("grader."))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("grader."):
            module = str(node.module)
            if module.split(".")[1] not in {room(path), "selftest", *SHARED}:
                yield from ((module, alias.name) for alias in node.names)


def attributes(path: Path) -> Iterator[str]:
    """Each private attribute that a file asks of a name imported from another room."""
    names = {name for _, name in foreign(path)}
    for node in nodes(path):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names:
            private = node.attr.startswith("_") and not node.attr.endswith("__")
            yield from [f"{node.value.id}.{node.attr}"] * private


@pytest.mark.parametrize("path", OURS, ids=lambda p: str(p.relative_to(PROJECT)))
def test_a_room_is_entered_by_its_door(path: Path) -> None:
    """What one room uses of another stands in the `__all__` of that room's folder, and nothing private is used."""
    for module, name in foreign(path):
        offered = getattr(importlib.import_module(module), "__all__", ())
        assert name in offered, f"{path}: {module} does not offer {name or 'itself as a whole'}"
    assert list(attributes(path)) == []


def test_the_grader_is_read_at_a_glance() -> None:
    """Few folders and modules, and each folder says what goes in and what comes out."""
    folders = [path for path in (PROJECT / "grader").iterdir() if (path / "__init__.py").exists()]
    assert len(folders) <= 17
    assert len([*(PROJECT / "grader").glob("*.py")]) <= 5
    for path in [*folders, *PROJECT.glob("grader/selftest/*/")]:
        if path.name != "__pycache__":
            assert ast.get_docstring(ast.parse((path / "__init__.py").read_text(encoding="utf-8"))), path


def test_selftests_stand_in_the_room_that_they_test() -> None:
    """`pytest grader/selftest/ROOM` runs the tests of that room; only what is about all of them stands above."""
    tested = {path.parent.name for path in PROJECT.glob("grader/selftest/*/test_*.py")}
    assert tested <= {each for level in ROOMS for each in level.split()} | {"harness"}
