"""Writing a file: whole or not at all, and never in the place of what is none."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.files import PROJECT, write_atomically
from tests.files import NoPlace, write_whole


def test_a_device_stays_one(tmp_path: Path) -> None:
    """/dev/null and a link to it take what is written, and are what they were; a disk and a folder are refused."""
    (tmp_path / "null").symlink_to("/dev/null")
    for path in (Path("/dev/null"), tmp_path / "null"):
        write_atomically(path, "text")
        assert stat.S_ISCHR(path.stat().st_mode)
    assert (tmp_path / "null").is_symlink()
    with pytest.raises(UsageError, match="directory"):
        write_atomically(tmp_path, "text")
    (tmp_path / "turn").symlink_to(tmp_path / "turn")
    with pytest.raises(UsageError, match="links"):
        write_atomically(tmp_path / "turn", "text")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes devices")
def test_a_disk_is_not_written_to(tmp_path: Path) -> None:
    """Neither over it nor through it."""
    try:
        os.mknod(tmp_path / "disk", 0o600 | stat.S_IFBLK, os.makedev(7, 250))
    except PermissionError:
        pytest.skip("this container makes no devices")
    with pytest.raises(NoPlace, match="disk"):
        write_whole(tmp_path / "disk", b"text")
    assert stat.S_ISBLK((tmp_path / "disk").stat().st_mode)


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    """Who reads a named pipe gets it all."""
    os.mkfifo(tmp_path / "pipe")
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    write_whole(tmp_path / "pipe", b"x" * 300_000)
    reader.join()
    assert read == [b"x" * 300_000]


def test_the_mode_stays_and_a_new_file_has_the_usual_one(tmp_path: Path) -> None:
    """Bits of the file before; without one, those that the umask leaves."""
    before = os.umask(0o027)
    try:
        write_whole(tmp_path / "new", b"1")
        (tmp_path / "old").write_bytes(b"0")
        (tmp_path / "old").chmod(0o600)
        write_whole(tmp_path / "old", b"1")
    finally:
        os.umask(before)
    assert [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("new", "old")] == [0o640, 0o600]
    if os.geteuid() == 0:
        os.chown(tmp_path / "old", 1234, 1234)
        write_whole(tmp_path / "old", b"2")
        assert ((tmp_path / "old").stat().st_uid, (tmp_path / "old").read_bytes()) == (1234, b"2")


def test_a_link_stays_and_its_file_is_replaced(tmp_path: Path) -> None:
    """Over several links, relative ones too, and to a file that is not there yet."""
    (tmp_path / "in").mkdir()
    (tmp_path / "first").symlink_to("in/second")
    (tmp_path / "in" / "second").symlink_to("../file")
    for content in (b"1", b"2"):
        write_whole(tmp_path / "first", content)
        assert (tmp_path / "file").read_bytes() == content
    assert (tmp_path / "first").is_symlink()
    assert (tmp_path / "in" / "second").is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "first", "in"]


SCRIPT = """
import sys
from pathlib import Path
from tests.files import write_whole
print("before")
write_whole(Path(sys.argv[1]), b"written\\n")
print("after")
"""


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "link"])
def test_standard_output_can_be_written_to(tmp_path: Path, name: str) -> None:
    """A pipe or a file, in the order of what is printed; the file that the shell opened is not replaced."""
    if name == "link":
        (tmp_path / "link").symlink_to("/dev/stdout")
        name = str(tmp_path / "link")
    command = [sys.executable, "-c", SCRIPT, name]
    piped = subprocess.run(command, cwd=PROJECT, capture_output=True, check=True)
    assert piped.stdout == b"before\nwritten\nafter\n"
    with (tmp_path / "log").open("wb") as file:
        subprocess.run(command, cwd=PROJECT, stdout=file, check=True)
    assert (tmp_path / "log").read_bytes() == b"before\nwritten\nafter\n"
