"""What a platform runs once: a script that finds or gets a Python, and installs the rest; then all, in Debian."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.delivery.builders import build_codegrade, build_gradescope
from grader.delivery.builders.sources import SCRIPTS, sources
from grader.files import PROJECT
from grader.grading import Options, grade
from grader.proofs import specimen
from grader.reports.formats import FORMATS
from grader.selftest.conftest import half_written_archive
from tests.harness.tasks import CHOSEN, TOTAL

VERSIONS = ("3.11", "3.12", "3.13", "3.14")
TOOLS = ("bash", "chmod", "env", "id", "ln", "mkdir", "touch", "true")
PYTHON = """#!/bin/bash
cd {installed} && name=${{0##*/}} && [ -e "$name" ] || exit 127
case "$*" in *ensurepip* | "-m venv "*) [ -e "$name-venv" ] || exit 1;; esac
[ "$1 $2" = "-m venv" ] || exit 0
mkdir -p "$3/bin" && touch "$3/$name"
for each in pip python; do ln -s {true} "$3/bin/$each"; done
"""
APT_GET = """#!/bin/bash
cd {installed}
[ "$1" = install ] || exit 0
[ "$DEBIAN_FRONTEND" = noninteractive ] || exit 1
shift && packages=()
for each in "$@"; do [ "${{each:0:1}}" = - ] || packages+=("$each"); done
for each in "${{packages[@]}}"; do [[ " {known} " = *" $each "* ]] || exit 100; done
touch "${{packages[@]}}"
"""


def installs(folder: Path, installed: str, known: str) -> tuple[int, str]:
    """The status of install.sh where these packages are installed, and those known; and which Python it took."""
    (folder / "bin").mkdir()
    (folder / "installed").mkdir()
    (folder / "packed").mkdir()
    for tool in TOOLS:
        (folder / "bin" / tool).symlink_to(str(shutil.which(tool)))
    for package in installed.split():
        (folder / "installed" / package).touch()
    names = {f"python{version}": PYTHON for version in VERSIONS}
    for name, text in {**names, "apt-get": APT_GET, "sudo": '#!/bin/bash\n"$@"\n'}.items():
        known_too = f"{known} libseccomp2 bubblewrap"
        script = text.format(installed=folder / "installed", known=known_too, true=folder / "bin" / "true")
        (folder / "bin" / name).write_text(script, encoding="utf-8")
        (folder / "bin" / name).chmod(0o755)
    command = ["bash", str(SCRIPTS / "install.sh"), str(folder / "packed"), str(folder / "venv")]
    path = str(folder / "bin")
    done = subprocess.run(command, env={"PATH": path}, capture_output=True, text=True, check=False)
    return done.returncode, "".join(path.name for path in (folder / "venv").glob("python3*")) or done.stderr


@pytest.mark.parametrize(
    ("installed", "known", "taken"),
    [
        pytest.param("python3.11 python3.11-venv", "", "python3.11", id="there"),
        pytest.param("", "python3.11 python3.11-venv", "python3.11", id="none there"),
        pytest.param(
            "python3.12", "python3.12 python3.12-venv", "python3.12", id="without its virtual environments"
        ),
        pytest.param("python3.14", "python3.14 python3.14-venv", "python3.14", id="newest alone"),
        pytest.param("python3.12 python3.11 python3.11-venv", "", "python3.11", id="one is not complete"),
    ],
)
def test_a_python_is_found_or_installed(tmp_path: Path, installed: str, known: str, taken: str) -> None:
    """Debian's Python imports venv without the package that makes virtual environments."""
    assert installs(tmp_path, installed, known) == (0, taken)


def test_where_there_is_no_python_it_is_said(tmp_path: Path) -> None:
    """With what to choose instead."""
    status, said = installs(tmp_path, "", "")
    assert status == 1
    assert said.splitlines()[-1].startswith("There is no Python 3.11 or newer here: choose Ubuntu 22.04")


@pytest.mark.parametrize("platform", ["gradescope", "codegrade"])
def test_setup_installs_beside_what_was_unpacked(tmp_path: Path, platform: str) -> None:
    """Each setup.sh calls the script that lies in what its build packs."""
    {"gradescope": build_gradescope, "codegrade": build_codegrade}[platform](tmp_path / "built.zip")
    source = tmp_path / "source"
    with zipfile.ZipFile(tmp_path / "built.zip") as archive:
        archive.extractall(source)
    script = source / "grader" / "delivery" / "platforms" / "install.sh"
    script.write_text('printf "%s\\n" "$@"', encoding="utf-8")
    done = subprocess.run(
        ["bash", str(source / "setup.sh")],
        env={**os.environ, "AUTOGRADER_ROOT": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    venv = {"gradescope": tmp_path / "venv", "codegrade": source / "venv"}[platform]
    assert done.stdout.splitlines() == [str(source), str(venv)]


DEBIAN = """
set -eu
root=$1 wheels=$2 && shift 2
mount --rbind /dev "$root/dev" && mount -t proc proc "$root/proc"
mkdir -p "$root/wheels" && mount --bind "$wheels" "$root/wheels"
exec chroot "$root" env -i HOME=/root LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    PIP_NO_INDEX=1 PIP_FIND_LINKS=/wheels "$@"
"""
"""Runs a command in a root of Debian's; what is mounted goes with it. All wheels that pip finds there are ours."""


class Debian:
    """A root with the packages that every Debian has, and without Python."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "root"
        self.wheels = folder / "wheels"
        script = debootstrap(folder)
        variables = {**os.environ, "DEBOOTSTRAP_DIR": str(script.parents[1] / "share" / "debootstrap")}
        command = [str(script), "--variant=minbase", "bookworm", str(self.root), "http://deb.debian.org/debian"]
        done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
        shutil.copy("/etc/resolv.conf", self.root / "etc")
        self.root.chmod(0o755)
        needed = (
            "--requirement",
            str(folder / "requirements.txt"),
            "--constraint",
            str(PROJECT / "constraints.txt"),
        )
        (folder / "requirements.txt").write_bytes(sources({}, "")["requirements.txt"])
        self.download(*needed, "--python-version", "3.11", "--only-binary", ":all:")
        self.download("--no-deps", "--require-hashes", "--requirement", str(PROJECT / "sandbox-requirements.txt"))

    def download(self, *options: str) -> None:
        """Get wheels as the machine is set up to get them."""
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--dest", str(self.wheels), *options]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def run(self, script: str) -> str:
        """What a script prints that bash runs there, as root; it must end with status 0."""
        within = ["unshare", "--mount", "--pid", "--fork", "bash", "-c", DEBIAN, "bash"]
        command = [*within, str(self.root), str(self.wheels), "bash", "-c", script]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def unpack(self, archive: Path, where: str) -> Path:
        """Unpack it there, with the rights that it names."""
        folder = self.root / where
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(folder)
            for info in packed.infolist():
                (folder / info.filename).chmod(info.external_attr >> 16 or 0o644)
        return folder


def debootstrap(folder: Path) -> Path:
    """The program of this name, from Debian's package, which need not be installed."""
    if there := shutil.which("debootstrap"):
        return Path(there)
    (folder / "package").mkdir()
    for command in ("apt-get download debootstrap", "sh -c 'dpkg -x debootstrap_*.deb .'"):
        done = subprocess.run(
            shlex.split(command), cwd=folder / "package", capture_output=True, text=True, check=False
        )
        if done.returncode:
            pytest.skip(f"no debootstrap can be had here: {done.stderr}")
    return folder / "package" / "usr" / "sbin" / "debootstrap"


@pytest.fixture(scope="module")
def debian(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Debian]:
    """The root; it takes two minutes, and needs the mirrors of Debian and of Python's packages."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        pytest.skip("a root of Debian's is made by root, with apt-get")
    folder = tmp_path_factory.mktemp("debian")
    yield Debian(folder)
    shutil.rmtree(folder)  # gigabytes; what was mounted there is gone with the process that mounted it


@pytest.mark.thorough  # six minutes, most of them for packages
def test_gradescope_from_its_archive_to_a_grade(debian: Debian, tmp_path: Path) -> None:
    """Both scripts as they are, as Gradescope calls them: what docs/platforms/gradescope.md promises of a try."""
    build_gradescope(tmp_path / "autograder.zip")
    specimen.archive(specimen.load("ties_first_seen"), tmp_path / "submission.zip")
    source = debian.unpack(tmp_path / "autograder.zip", "autograder/source")
    debian.unpack(tmp_path / "submission.zip", "autograder/submission")
    shutil.copy(source / "run_autograder", source.parent)
    said = debian.run("apt-get update && bash /autograder/source/setup.sh")
    assert "as promised" in said, "the log of the set-up ends with what works there"
    (source.parent / "results").mkdir()
    metadata = {"previous_submissions": [], "assignment": {"total_points": f"{TOTAL:g}"}}
    (source.parent / "submission_metadata.json").write_text(json.dumps(metadata), encoding="utf-8")
    debian.run("cd /autograder && ./run_autograder")
    results = json.loads((source.parent / "results" / "results.json").read_text(encoding="utf-8"))
    lost = {
        line.split(" ")[0]: re.findall(r"([\d.]+) of ([\d.]+)$", line) for line in results["output"].splitlines()
    }
    assert {task for task, points in lost.items() if points and points[0][0] != points[0][1]} == {"1.2"}
    assert set(CHOSEN.tasks) <= set(lost)
    page = (PROJECT / "docs" / "course.md").read_text(encoding="utf-8")
    assert f"with a score of {results['score']:g} of {TOTAL:g}" in page


@pytest.mark.thorough  # a minute more
def test_codegrade_from_its_archive_to_points(debian: Debian, tmp_path: Path) -> None:
    """The fixture is unpacked, set up and run beside the student's folder."""
    build_codegrade(tmp_path / "codegrade.zip")
    archive = half_written_archive(tmp_path)
    debian.unpack(tmp_path / "codegrade.zip", "course/fixtures")
    (debian.root / "course" / "student").mkdir()
    shutil.copy(archive, debian.root / "course" / "student")
    debian.run("apt-get update && /course/fixtures/setup.sh")
    said = debian.run("cd /course/student && ../fixtures/run_autotest 3>&1 > /dev/null")
    assert said == FORMATS["codegrade"](grade(archive, Options()))
