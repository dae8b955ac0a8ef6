"""The Dockerfile, read without an engine: what it copies is there, what it runs the project runs elsewhere."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from grader.delivery.builders import IMAGE
from grader.delivery.builders.sources import SCRIPTS, sources
from grader.files import PROJECT


@dataclass(frozen=True, slots=True)
class Step:
    """An instruction of the Dockerfile."""

    name: str
    text: str


def steps() -> list[Step]:
    """All of them, their continued lines joined."""
    text = (PROJECT / "Dockerfile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines()
    return [Step(*line.split(maxsplit=1)) for line in joined]


def copied() -> list[str]:
    """The sources of every COPY."""
    sources = [source for step in steps() if step.name == "COPY" for source in shlex.split(step.text)[:-1]]
    return [source.replace("[l]", "l") for source in sources]  # a pattern may match nothing, and a name may not


def test_what_is_copied_is_there_and_let_through() -> None:
    """Each source exists, and .dockerignore, which leaves out everything else, names it."""
    ignore = (PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignore
    let_through = {line[1:] for line in ignore if line.startswith("!")}
    assert {source.split("/")[0] for source in copied()} == let_through
    for source in copied():
        assert (PROJECT / source).exists() or source == "course.toml", source
    left_out = [line for line in ignore if line and not line.startswith(("!", "#", "*"))]
    assert all((PROJECT / path).exists() for path in left_out)
    assert not any(fnmatch(source, pattern) for source in copied() for pattern in left_out)


def test_what_is_run_the_project_runs_elsewhere_too() -> None:
    """Every command of RUN is one of the Makefile's or of install.sh's."""
    elsewhere = (PROJECT / "Makefile").read_text(encoding="utf-8")
    elsewhere += (SCRIPTS / "install.sh").read_text(encoding="utf-8")
    commands = {
        Path(shlex.split(command)[0]).name
        for step in steps()
        if step.name == "RUN"
        for command in step.text.split("&&")
    }
    assert {"apt-get", "pip", "python", "chmod"} <= commands
    for command in commands:
        assert re.search(rf"\b{command}\b", elsewhere), command


def test_the_image_installs_what_platforms_install() -> None:
    """The same requirements, read before anything of the project is there, within the same constraints."""
    script = SCRIPTS / "requirements.py"
    command = [sys.executable, "-I", str(script), str(PROJECT / "pyproject.toml")]
    said = subprocess.run(command, capture_output=True, check=True).stdout
    assert said == sources({}, "")["requirements.txt"]
    assert b"torch" in said
    runs = " ".join(step.text for step in steps() if step.name == "RUN")
    installs = (SCRIPTS / "install.sh").read_text(encoding="utf-8")
    for option in ("--extra-index-url https://download.pytorch.org/whl/cpu", "--no-install-recommends bubblewrap"):
        assert option in runs
        assert option.split()[-1] in installs
    assert "--constraint constraints.txt --requirement requirements.txt" in runs


def test_what_is_public_holds_no_secret() -> None:
    """The first images, which platforms pull, have nothing of the project; in the last, only root reads it."""
    stages = " ".join(f"{step.name} {step.text}\n" for step in steps()).split("FROM ")[1:]
    public, autolab, private = stages
    assert public.startswith("python:3.")
    assert "AS runtime" in public.splitlines()[0]
    assert autolab.startswith("runtime AS autolab")
    assert "COPY" not in autolab
    assert "autograde ALL=(root) NOPASSWD: ALL" in autolab
    assert private.startswith("runtime AS grader")
    brought = [line for line in public.splitlines() if line.strip().startswith("COPY")]
    assert [Path(source).name for source in shlex.split(brought[0])[1:-1]] == [
        *("pyproject.toml", "constraints.txt", "requirements.py"),
    ]
    assert len(brought) == 1
    last = [line for line in private.splitlines() if line.strip().startswith(("COPY", "RUN"))][-1]
    assert "chmod -R go-rwx /opt/grader" in last
    assert 'ENTRYPOINT ["grader"]' in private
    assert 'grader = "lm_basics_assignment:main"' in (PROJECT / "pyproject.toml").read_text(encoding="utf-8")


def test_scripts_and_documents_name_what_the_image_has() -> None:
    """Its Python is where PrairieLearn's and Autolab's scripts look for it; the README builds it by its name."""
    runs = " ".join(step.text for step in steps() if step.name == "RUN")
    assert "python -m venv /opt/venv" in runs
    for script in ("prairielearn/grade.sh", "autolab/run_autolab"):
        text = (SCRIPTS / script).read_text(encoding="utf-8")
        assert "${GRADER_PYTHON:-/opt/venv/bin/python}" in text
    for page in ("Dockerfile", "README.md"):
        assert f"docker build --target runtime --tag {IMAGE} ." in (PROJECT / page).read_text(encoding="utf-8"), (
            page
        )
