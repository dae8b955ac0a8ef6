"""Leaves out the checks for a GPU where there is none, and says so in one line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.hardware.machines import Machine, machine, why_no_gpu


def pytest_configure(config: pytest.Config) -> None:
    """Know the marks."""
    config.addinivalue_line("markers", "gpu: needs a GPU that torch can use")
    config.addinivalue_line("markers", "cpu: the same on the CPU, with looser bands")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without a GPU, its checks are not planned, so that no points are lost."""
    for_gpu = [item for item in items if item.get_closest_marker("gpu")] if why_no_gpu() else []
    if for_gpu:
        config.hook.pytest_deselected(items=for_gpu)
        items[:] = [item for item in items if item not in for_gpu]
        config.stash[SKIPPED] = f"{len(for_gpu)} checks on a GPU were skipped: {why_no_gpu()}"


SKIPPED = pytest.StashKey[str]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """The one line."""
    if line := config.stash.get(SKIPPED, ""):
        terminalreporter.write_line(line)


@pytest.fixture(params=[pytest.param("cuda", marks=pytest.mark.gpu), pytest.param("cpu", marks=pytest.mark.cpu)])
def device(request: pytest.FixtureRequest) -> Iterator[Machine]:
    """A GPU, and the CPU."""
    with machine(request.param) as opened:
        yield opened
