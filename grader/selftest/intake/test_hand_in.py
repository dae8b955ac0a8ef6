"""What `python -m tests.submit` hands in, the grader takes in whole; and the other way round."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.files import PROJECT
from grader.intake.take import intake
from grader.model import Submission
from tests.handin import HandInLimits
from tests.submit import build, contents, main

CODE = b"x = 1\n"
SECRETS = (
    ".env", ".git/config", ".ssh/id_ed25519", "id_rsa", "key.pem", "token.txt", ".vscode/settings.json",
    "a/.netrc", "credentials.json", ".venv/lib/site.py", "fast.so", "bpe.cpython-311.pyc",
)  # fmt: skip
SMALL = HandInLimits(files=3, file_mib=1, total_mib=2, depth=4)


@contextmanager
def course(files: dict[str, bytes]) -> Iterator[Path]:
    """A folder whose assignment/ holds these files, as far as its disk can name them."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "assignment").mkdir()
        for name, content in files.items():
            path = root / "assignment" / name
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            except (OSError, ValueError):  # a name too long, or of a file that is a folder already
                continue
        yield root


def taken(path: Path, limits: HandInLimits) -> tuple[Submission, dict[str, bytes]]:
    """What intake makes of it."""
    with TemporaryDirectory() as folder:
        into = Path(folder)
        submission = intake(path, into, limits)
        found = {p.relative_to(into).as_posix(): p.read_bytes() for p in into.rglob("*") if p.is_file()}
    return submission, found


PARTS = st.sampled_from(
    ["bpe", "BPE", "Bpe", "é", "e\u0301", "日", "a b", ".hid", "__pycache__", "__MACOSX", "a\\b", "a\nb", "C:"]
) | st.sampled_from(["x\u202e", "assignment", "d" * 120, "n" * 300, "a\udcff"])
NAMES = st.builds(
    lambda parts, ends: "/".join(parts) + ends,
    st.lists(PARTS, min_size=1, max_size=5),
    st.sampled_from([".py"] * 8 + ["", ".txt", ".pyc", ".PY"]),
)
SIZES = st.sampled_from([0, 0, 0, 2**20 - len(CODE), 2**20, 700_000])
FILES = st.dictionaries(NAMES, SIZES.map(lambda size: CODE + b"#" * size), min_size=1, max_size=6)


@given(files=FILES)
def test_what_is_handed_in_is_taken_in_whole_and_the_other_way_round(files: dict[str, bytes]) -> None:
    """Names, clashes and sizes of any kind: the archive arrives as it is; what is taken of a folder is packed."""
    with course(files) as root:
        direct, found = taken(root, SMALL)
        if direct.problem and found == {} and "no assignment/" not in direct.problem:
            with pytest.raises(ValueError, match=re.escape(direct.problem)):
                contents(root, SMALL)
            return
        packed = contents(root, SMALL)
        assert direct.problem is None or not packed.files
        assert packed.files == found
        assert (direct.notes == ()) == (packed.left_out == [])
        if packed.files:
            with zipfile.ZipFile(root / "s.zip", "w") as archive:
                for name, content in packed.files.items():
                    archive.writestr(name, content)
            submission, arrived = taken(root / "s.zip", SMALL)
            assert (submission.problem, submission.notes) == (None, ())
            assert arrived == packed.files


def test_keys_and_settings_stay_at_home(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither handed in nor taken in, and each is named."""
    with course(dict.fromkeys([*SECRETS, "bpe.py"], CODE)) as root:
        shutil.make_archive(str(tmp_path / "by_hand"), "zip", root)
        (root / "assignment" / "link.py").symlink_to("/etc/hostname")
        assert main(["--out", str(tmp_path / "s.zip")], root) == 0
        said = capsys.readouterr().out
        assert all(f"left out 'assignment/{name.split('/')[0]}" in said for name in (*SECRETS, "link.py"))
        assert zipfile.ZipFile(tmp_path / "s.zip").namelist() == ["assignment/bpe.py"]
        assert taken(root, HandInLimits())[1] == {"assignment/bpe.py": CODE}
        assert taken(tmp_path / "by_hand.zip", HandInLimits())[1] == {"assignment/bpe.py": CODE}


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"big.py": CODE + b"#" * (16 << 20)}, "'assignment/big.py' is larger than 16 MiB"),
        ({f"{n}.py": CODE + b"#" * (15 << 20) for n in range(5)}, "assignment/ unpacks to more than 64 MiB"),
        ({f"{n}.py": b"" for n in range(2001)}, "assignment/ has more than 2,000 files"),
        ({"notes.txt": b""}, "no files in"),
        ({"deep.py": b"x = " + b"(" * 9_000 + b")" * 9_000}, "deep.py is not Python"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_intake_refuses_is_not_handed_in(
    files: dict[str, bytes], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A sentence, exit status 2, and no archive."""
    with course(files) as root:
        assert main([], root) == 2
        assert says in capsys.readouterr().err
        assert not (root / "submission.zip").exists()


def test_folders_without_end_are_not_entered() -> None:
    """Neither side follows them to where Python's own stack ends: the first that is too deep is named."""
    with course({"bpe.py": CODE}) as root:
        inner = os.open(root / "assignment", os.O_RDONLY)
        for _ in range(1_500):
            os.mkdir("d", dir_fd=inner)
            outer, inner = inner, os.open("d", os.O_RDONLY, dir_fd=inner)
            os.close(outer)
        os.close(inner)
        assert "16 folders deep" in contents(root).left_out[0]
        submission, found = taken(root, HandInLimits())
        assert (list(found), submission.problem) == (["assignment/bpe.py"], None)
        assert "16 folders deep" in submission.notes[0]
        subprocess.run(["rm", "-r", str(root / "assignment")], check=True)  # deeper than Python's own removal goes


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_a_pipe_is_not_waited_for() -> None:
    """It is left out like a link; and what is written to a pipe or device goes through it."""
    with course({"bpe.py": CODE}) as root:
        os.mkfifo(root / "assignment" / "pipe.py")
        found = build(Path(os.devnull), root)
        assert list(found.files) == ["assignment/bpe.py"]
        assert found.left_out == ["'assignment/pipe.py': a device or pipe"]
        assert not Path(os.devnull).is_file()


def test_handing_in_needs_nothing_installed() -> None:
    """Python alone will do, whatever became of a student's environment."""
    script = "import sys, tests.submit; assert not {'pytest', 'hypothesis'} & set(sys.modules)"
    subprocess.run([sys.executable, "-S", "-c", script], cwd=PROJECT, check=True)
