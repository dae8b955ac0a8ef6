"""Fixtures of the grader's own tests."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path

import hypothesis
import pytest

from grader.isolation import LADDER, IsolatedBackend, SandboxPool, problem
from grader.making import stubs
from grader.model import Limits
from grader.proofs import specimen
from tests.harness.tasks import LIGHT

hypothesis.settings.register_profile("selftest", derandomize=True, database=None, deadline=None, max_examples=100)
hypothesis.settings.register_profile("quick", hypothesis.settings.get_profile("selftest"), max_examples=20)
hypothesis.settings.load_profile("selftest")

Open = Callable[..., IsolatedBackend]


def pytest_configure(config: pytest.Config) -> None:
    """Know the checks' marks, so that what stands beside hidden checks can be imported; heed no course file."""
    os.environ["GRADER_COURSE"] = ""
    config.addinivalue_line("markers", "slow: grades whole submissions; `make quick` leaves it out")
    config.addinivalue_line(
        "markers", "alone: keeps every processor busy, so that no other test may run beside it"
    )
    config.addinivalue_line("markers", "thorough: one of hundreds alike, which `make thorough` runs")
    for name in ("points", "limits"):
        config.addinivalue_line("markers", f"{name}: see tests/harness/plugin.py")


SLOW = (
    *("cli", "delivery", "hardware", "hidden", "oracle", "proofs", "harness/test_student_view.py"),
    *("harness/test_local_page.py", "test_browser.py"),
    *(
        "grading/test_course.py",
        "grading/test_one.py",
        "isolation/test_isolation.py",
        "isolation/test_forking.py",
        "making/test_new_task.py",
    ),
)
"""Folders and files whose tests grade whole submissions, or take seconds each for another reason."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark them."""
    here = Path(__file__).parent
    for item in items:
        if any(item.path.is_relative_to(here / each) for each in SLOW):
            item.add_marker(pytest.mark.slow)


@cache
def problems() -> dict[str, str | None]:
    """Why a backend does not work here."""
    return {name: problem(name) for name in LADDER}


@pytest.fixture
def any_sandbox() -> None:
    """Skip where no backend works."""
    if all(problems().values()):
        pytest.skip(f"no sandbox works here: {problems()}")


needs_sandbox = pytest.mark.usefixtures("any_sandbox")


@pytest.fixture(params=LADDER)
def kind(request: pytest.FixtureRequest) -> str:
    """Each backend that works here."""
    if problem := problems()[request.param]:
        pytest.skip(f"no such sandbox here: {problem}")
    return str(request.param)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that everybody can read, a sandbox's own uid too; pytest makes its own for their owner only."""
    with tempfile.TemporaryDirectory(prefix="grader-test-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


def half_written(folder: Path) -> Path:
    """Write a submission with one module that has a mistake; all else is stubs, which take no time to grade."""
    specimen.compose(specimen.load("words_split_at_spaces"), folder)
    for name, text in stubs.build().items():
        if name != "words.py":
            (folder / "assignment" / name).write_text(text, encoding="utf-8")
    return folder


def half_written_archive(folder: Path) -> Path:
    """The same, as `submission.zip` in a folder."""
    with tempfile.TemporaryDirectory(prefix="grader-test-") as root:
        return Path(shutil.make_archive(str(folder / "submission"), "zip", half_written(Path(root))))


@pytest.fixture
def sandboxed(folder: Path, kind: str) -> Iterator[Open]:
    """Opens a check on a submission that consists of one module, `assignment/probe.py`."""
    root = folder / "submission"
    (root / "assignment").mkdir(parents=True)
    pool = SandboxPool(LADDER[kind], root)
    opened: list[AbstractContextManager[IsolatedBackend]] = []

    def open_check(source: str, allowed: tuple[str, ...] = LIGHT, **limits: float) -> IsolatedBackend:
        (root / "assignment" / "probe.py").write_text(source, encoding="utf-8")
        (root / "assignment" / "__init__.py").touch()
        while opened:
            opened.pop().__exit__(None, None, None)
        context = pool.check(Limits(**{"wall_s": 20.0, **limits}), allowed)  # type: ignore[arg-type]
        opened.append(context)
        return context.__enter__()

    yield open_check
    for context in opened:
        context.__exit__(None, None, None)
    pool.close()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Whether the way from a release to a grade is gone in clean virtual environments."""
    parser.addoption("--clean", action="store_true", help="install with pip, as students and platforms do")
