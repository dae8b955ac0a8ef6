"""The shape of the project: who imports whom, stubs, contracts, documents."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import re
import subprocess
import sys
import tomllib
import typing
from importlib import metadata
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader import __version__
from grader.cli import application
from grader.delivery.builders import PLATFORMS
from grader.files import PROJECT
from grader.making import new_task, stubs
from grader.proofs import specimen
from grader.reports.formats import FORMATS
from grader.selftest.pages import FENCED, anchors, links, without_code
from tests.harness.contract import RETURNS, Handle, Lazy
from tests.harness.tasks import CHOSEN, TASKS, TOTAL, anchor

MODULES = sorted(
    p for p in [*PROJECT.glob("grader/**/*.py"), *PROJECT.glob("tests/**/*.py")] if "specimens" not in p.parts
)


def test_a_file_of_checks_begins_with_the_number_of_its_tasks() -> None:
    """`--task` and `--part` leave other files unread, and must miss no check."""
    for path in [*PROJECT.glob("tests/test_*.py"), *PROJECT.glob("grader/hidden/test_*.py")]:
        number = re.findall(r"test_([0-9_]+)_", path.stem)[0].replace("_", ".")
        tasks = set(re.findall(r'task="([\d.]+)"', path.read_text(encoding="utf-8")))
        assert tasks, path
        assert {task for task in tasks if not f"{task}.".startswith(f"{number}.")} == set(), path


def test_modules_are_apart() -> None:
    """Public modules of the reference import none of the others: a mistake in one stays in its tasks."""
    modules = {task.module for task in TASKS.values()}
    for path in (PROJECT / "grader" / "reference").glob("*.py"):
        tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        relative = {node.module for node in tree if isinstance(node, ast.ImportFrom) and node.level}
        assert not relative & modules, path


def test_nothing_is_left_to_write() -> None:
    """No task is half a template."""
    assert new_task.left() == []


def test_the_stubs_are_fresh() -> None:
    """assignment/ is what `grader stubs` cuts from the reference."""
    assert stubs.stale(PROJECT / "assignment") == []


def test_stubs_hold_nothing_of_the_solution() -> None:
    """No private name, no body."""
    text = stubs.build()["bpe.py"]
    assert not re.findall(r"\bself\._|_merging|_pretokens|heapq|def _[a-z]", text)
    bodies = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef)]
    assert bodies
    assert all(isinstance(node.body[-1], ast.Raise) and len(node.body) <= 2 for node in bodies)


def test_a_stale_stub_is_named(tmp_path: Path) -> None:
    """A changed, a missing and a surplus file are each reported."""
    (tmp_path / "bpe.py").write_text("changed", encoding="utf-8")
    (tmp_path / "more.py").write_text("", encoding="utf-8")
    assert set(stubs.stale(tmp_path)) == {"more.py", *stubs.build()}


def test_the_contract_is_that_of_the_reference() -> None:
    """Each declared return type is the reference's annotation."""
    for path, declared in RETURNS.items():
        module, *names = path.split(".")
        target = importlib.import_module(f"grader.reference.{module}")
        for name in names:
            target = getattr(target, name)
        if inspect.isclass(target):
            assert declared is Handle
            continue
        annotation = typing.get_type_hints(target)["return"]
        if declared is Handle:
            assert inspect.isclass(annotation)
        elif isinstance(declared, Lazy):
            assert typing.get_args(annotation) == (declared.item,)
        else:
            assert annotation == declared


def test_points_add_up_to_what_the_handout_says() -> None:
    """Task, title and points are the same in handout and registry; checks are held to them by the board."""
    handout = (PROJECT / "handout.md").read_text(encoding="utf-8")
    heading = r"^## Task (\d+\.\d+): (.+) \((\S+) points?(, optional)?\)\n\n\*(.+?)[.] ?(?:This|\*$)"
    headings = re.findall(heading, handout, re.MULTILINE)
    collected = {task: [0.0, 0.0] for task in TASKS}
    for path in [*PROJECT.glob("tests/test_*.py"), *PROJECT.glob("grader/hidden/test_*.py")]:
        for points, task in re.findall(
            r'^@points\(([\d.]+), task="([\d.]+)"\)$', path.read_text(encoding="utf-8"), re.M
        ):
            collected[task]["hidden" in path.parts] += float(points)
    assert {task: sum(parts) for task, parts in collected.items()} == {t.id: t.points for t in TASKS.values()}
    halves = {
        task: f"Public checks hold {public:g} point{'s' * (public != 1)}, hidden checks {hidden:g}"
        for task, (public, hidden) in collected.items()
    }
    assert headings == [
        (task.id, task.title, f"{task.points:g}", ", optional" * task.optional, halves[task.id])
        for task in TASKS.values()
    ]
    readme = (PROJECT / "grader" / "delivery" / "student" / "README.md").read_text(encoding="utf-8")
    assert f"{len(CHOSEN.tasks)} tasks, {TOTAL:g} points" in readme, "the one place that names the total"


def test_the_handouts_examples_run(tmp_path: Path) -> None:
    """Every example of the handout gives what it says, with the reference as the assignment."""
    handout = (PROJECT / "handout.md").read_text(encoding="utf-8")
    blocks = [match for match in FENCED.finditer(handout) if match[2] == "pycon"]
    assert handout.count(">>> ") == sum(match[3].count(">>> ") for match in blocks) > 10
    (tmp_path / "examples.txt").write_text("\n".join(match[3] for match in blocks), encoding="utf-8")
    (tmp_path / "assignment").symlink_to(PROJECT / "grader" / "reference")
    command = [sys.executable, "-P", "-m", "doctest", str(tmp_path / "examples.txt")]
    done = subprocess.run(command, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=False)
    assert done.stdout + done.stderr == ""


@pytest.mark.parametrize(
    "module",
    [p for p in MODULES if ">>> " in p.read_text(encoding="utf-8") and "test_" not in p.name],
    ids=lambda p: str(p.relative_to(PROJECT)),
)
def test_examples_in_docstrings_run(module: Path) -> None:
    """Every worked example in a docstring gives what it says."""
    name = ".".join(module.relative_to(PROJECT).with_suffix("").parts)
    __import__(name)
    result = doctest.testmod(sys.modules[name])
    assert result.attempted
    assert result.failed == 0


@pytest.mark.parametrize(
    "page",
    [
        *(
            "README.md",
            "CONTRIBUTING.md",
            "SECURITY.md",
            "handout.md",
            "CHANGELOG.md",
            "fixtures/README.md",
            "docs/clients.md",
        ),
        *("grader/delivery/student/README.md", "grader/delivery/student/AGENTS.md"),
    ],
)
def test_no_link_is_dead(page: str) -> None:
    """Each relative link and picture is a file, each `#anchor` a heading there; no drawing is left unused."""
    text = (PROJECT / page).read_text(encoding="utf-8")
    home = PROJECT if "/student/" in page else (PROJECT / page).parent  # theirs stand beside the handout
    for link in links(text):
        if not re.match(r"https?://", link):
            path, _, place = link.partition("#")
            target = home / path if path else PROJECT / page
            assert target.exists(), link
            assert not place or place in anchors(target.read_text(encoding="utf-8")), link
    if page == "handout.md":
        assert {path.name for path in PROJECT.glob("fixtures/diagrams/*")} == {
            link.rpartition("/")[2] for link in links(text) if "/diagrams/" in link
        }


def test_the_contents_are_those_of_the_chapters() -> None:
    """Each task has a row with its points and hours, a link, and what it needs; the hours add up."""
    handout = (PROJECT / "handout.md").read_text(encoding="utf-8")
    heading = r"^## (Task (\S+): (.+) \((\S+) points?(, optional)?\))\n\n\*.+\*\n\n"
    effort = r"\*Effort: (\S+) h[.] Needs: (.+)[.] Result: .+[.]\*$"
    chapters = re.findall(heading + effort, handout, re.MULTILINE)
    rows = re.findall(r"^\| \[([\d.]+) (.+)\]\[\1\] \| ([\d.]+)(, optional)? \| (\S+) \|$", handout, re.MULTILINE)
    assert rows == [chapter[1:6] for chapter in chapters]
    assert list(TASKS) == [task for task, *_ in rows]
    linked = re.findall(r"^\[([\d.]+)\]: #(.+)$", handout, re.MULTILINE)
    assert linked == [(task, anchor(heading)) for heading, task, *_ in chapters]
    total = re.findall(r"about\s(\d+)\sin\sall", handout)
    assert total == [f"{5 * round(sum(float(hours) for *_, optional, hours in rows if not optional) / 5)}"]


def test_each_task_that_the_handout_names_is_a_link() -> None:
    """Wherever a number of a task stands in a text, and to a task that is there."""
    handout = without_code((PROJECT / "handout.md").read_text(encoding="utf-8"))
    text = re.sub(r"`[^`]+`|^## .*|^\[.*", "", handout, flags=re.MULTILINE)
    assert not re.findall(r"\btasks?\s\d[.]\d.*|\| \d[.]\d, \d[.]\d \|", text, re.IGNORECASE)
    assert set(re.findall(r"\[(\d[.]\d+)\]", text)) == set(TASKS)


def test_the_readmes_commands_exist() -> None:
    """Each make target and grader command of two pages is there, and README knows all platforms and formats."""
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    pages = readme + (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"\bmake (\w+)\b", pages):
        assert re.search(rf"^{target}:", makefile, re.M) or target == "make", target
    known = set()
    for command, rest in set(re.findall(r"(?:`|/|    )grader ([\w-]+)([^`#\n]*)", pages)):
        options = set(re.findall(r"--[a-z-]+", rest))
        done = CliRunner(env={"COLUMNS": "200"}).invoke(application(), [command, "--help"])
        assert done.exit_code == 0, command
        assert options <= set(re.findall(r"--[a-z-]+", done.stdout)), command
        known.add(command)
    assert {"grade", "release", "build", "doctor"} <= known
    assert set(re.findall(r"grader build ([a-z]+) --out", readme)) == set(PLATFORMS)
    listed = re.search(r"Formats: ([^;]+);", readme)
    assert listed
    assert re.split(r",\s+", listed[1]) == list(FORMATS)


@pytest.mark.parametrize("reader", ["students", "instructors", "platforms"])
def test_each_reader_has_one_screen(reader: str) -> None:
    """At most 40 lines of the README, of which the first commands come early."""
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    section = readme.split(f"## For {reader}\n")[1].split("\n## ")[0].splitlines()
    assert len(section) <= 40
    assert any(line.startswith(("    ", "| ")) for line in section[:8])


def test_the_pages_for_contributors_name_what_is_there() -> None:
    """Each file and folder that CONTRIBUTING.md names exists, and each section is one screen."""
    page = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for name in re.findall(r"`((?:grader|tests|fixtures)/[\w/.]*)`", page):
        assert (PROJECT / name).exists() or "count_bytes" in name, name
    for section in page.split("\n## ")[1:]:
        assert len(section.splitlines()) <= 45, section.splitlines()[0]


def test_one_version_everywhere() -> None:
    """The newest heading of the changelog, the students' project, and what is built, bear the grader's version."""
    assert (
        re.findall(r"^## (\S+)", (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)[0]
        == __version__
    )
    assert tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]["dynamic"] == ["version"]
    students = PROJECT / "grader" / "delivery" / "student" / "pyproject.toml"
    assert tomllib.loads(students.read_text("utf-8"))["project"]["version"] == __version__
    assert metadata.version("lm-basics-assignment") == __version__
    assert CliRunner().invoke(application(), ["--version"]).stdout.strip() == __version__


def test_the_changelogs_lines_say_what_they_are_about() -> None:
    """Each begins with handout, tests or grader; an upgrade note tells courses what to do."""
    text = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert {line.split(":")[0] for line in re.findall(r"^- (.+)", text, re.MULTILINE)} == {
        "handout",
        "tests",
        "grader",
    }
    assert "**To upgrade a course:**" in text.split("\n## ")[1]


def test_security_tells_of_every_attack() -> None:
    """SECURITY.md lists each planted attack with its sentence, and names files that are there."""
    text = (PROJECT / "SECURITY.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", text, re.M))
    planted = [specimen.load(name) for name in specimen.names()]
    assert listed == {each.name: each.sentence for each in planted if each.kind == "attack"}
    for name in re.findall(r"`((?:grader/)?[\w/]*test_\w+\.py|grader/[\w/]+\.py)`", text):
        assert (PROJECT / name).exists() or [*PROJECT.glob(f"grader/selftest/*/{name}")], name
