"""What is taken from an archive, and what is left out."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.intake import IntakeLimits, intake
from grader.model import Submission

CODE = b"def f(): pass\n"


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    """A .zip of these members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return path


def tarred(path: Path, members: list[tuple[str, bytes, bytes]]) -> Path:
    """A .tar.gz of (name, content or link target, type)."""
    with tarfile.open(path, "w:gz") as archive:
        for name, content, kind in members:
            info = tarfile.TarInfo(name)
            info.type = kind
            info.linkname = content.decode() if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE) else ""
            info.size = len(content) if kind == tarfile.REGTYPE else 0
            archive.addfile(info, io.BytesIO(content) if kind == tarfile.REGTYPE else None)
    return path


def take(path: Path, **limits: int) -> tuple[Submission, dict[str, bytes]]:
    """Take it in; the submission, and the files that arrived."""
    into = path.parent / "into"
    into.mkdir()
    submission = intake(path, into, IntakeLimits(**limits))
    return submission, {p.relative_to(into).as_posix(): p.read_bytes() for p in into.rglob("*") if p.is_file()}


@pytest.mark.parametrize("prefix", ["", "repo-main/"])
def test_a_zip_is_taken_with_or_without_an_enclosing_folder(tmp_path: Path, prefix: str) -> None:
    """assignment/ stands at the top or inside one folder; the rest is left out."""
    members = {f"{prefix}assignment/bpe.py": CODE, f"{prefix}assignment/deep/x.py": CODE, f"{prefix}README": b""}
    submission, files = take(zipped(tmp_path / "s.zip", members))
    assert files == {"assignment/bpe.py": CODE, "assignment/deep/x.py": CODE}
    assert (submission.problem, submission.notes) == (None, ())
    assert len(submission.sha256) == 64


def test_a_tarball_and_a_folder_are_taken_alike(tmp_path: Path) -> None:
    """The same files arrive from .tar.gz, folder, and the folder assignment itself."""
    folder = tmp_path / "folder" / "assignment"
    folder.mkdir(parents=True)
    (folder / "bpe.py").write_bytes(CODE)
    tarball = tarred(tmp_path / "s.tar.gz", [("./assignment/bpe.py", CODE, tarfile.REGTYPE)])
    for number, path in enumerate((tarball, tmp_path / "folder", folder)):
        into = tmp_path / str(number)
        into.mkdir()
        assert intake(path, into).problem is None
        assert (into / "assignment" / "bpe.py").read_bytes() == CODE
    assert (into / "assignment" / "bpe.py").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("../assignment/evil.py", "leads out"),
        ("assignment/../../evil.py", "leads out"),
        ("/assignment/evil.py", "absolute"),
        ("C:/assignment/evil.py", "absolute"),
        ("assignment\\evil.py", "backslash"),
        ("assignment/e\x1b[2Jvil.py", "unprintable"),
        ("assignment/" + "e" * 300, "255 bytes"),
        ("assignment/" + "d/" * 40 + "evil.py", "deep"),
        ("assignment/BPE.py", "case"),
    ],
)
def test_hostile_names_are_left_out_with_a_note(tmp_path: Path, name: str, says: str) -> None:
    """A hostile member costs itself only; the rest is graded."""
    members = [("assignment/bpe.py", CODE, tarfile.REGTYPE), (name, b"evil", tarfile.REGTYPE)]
    submission, files = take(tarred(tmp_path / "s.tar.gz", members))
    assert files == {"assignment/bpe.py": CODE}
    assert len(submission.notes) == 1
    assert says in submission.notes[0]
    assert submission.notes[0].isprintable()


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE]
)
def test_links_and_devices_are_left_out(tmp_path: Path, kind: bytes) -> None:
    """Links are not followed, devices and pipes not opened."""
    members = [("assignment/evil.py", b"/etc/passwd", kind), ("assignment/bpe.py", CODE, tarfile.REGTYPE)]
    submission, files = take(tarred(tmp_path / "s.tar.gz", members))
    assert files == {"assignment/bpe.py": CODE}
    assert len(submission.notes) == 1


def test_links_and_pipes_in_a_folder_are_left_out(tmp_path: Path) -> None:
    """A folder's links are not followed, and its pipes not waited for."""
    folder = tmp_path / "s" / "assignment"
    folder.mkdir(parents=True)
    (folder / "bpe.py").write_bytes(CODE)
    (folder / "secret.py").symlink_to("/etc/passwd")
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe")
    submission, files = take(tmp_path / "s")
    assert files == {"assignment/bpe.py": CODE}
    assert len(submission.notes) == 3


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04 broken", b"\x1f\x8b broken", b"\0" * 2000])
def test_what_is_no_archive_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    """Not an archive, or a damaged one: no files, one sentence, no exception."""
    path = tmp_path / "s.zip"
    path.write_bytes(content)
    submission, files = take(path)
    assert (submission.root, files) == (None, {})
    assert "s.zip" in str(submission.problem)
    assert "\n" not in str(submission.problem)


def test_a_truncated_archive_is_refused_whole(tmp_path: Path) -> None:
    """Half an archive leaves nothing half copied."""
    path = tarred(
        tmp_path / "s.tar.gz", [(f"assignment/{n}.py", os.urandom(9000), tarfile.REGTYPE) for n in range(9)]
    )
    path.write_bytes(path.read_bytes()[:40_000])
    submission, files = take(path)
    assert (submission.root, files) == (None, {})


def test_without_assignment_or_with_two_the_sentence_names_them(tmp_path: Path) -> None:
    """No candidate and two candidates are each one sentence."""
    submission, _ = take(zipped(tmp_path / "s.zip", {"bpe.py": CODE}))
    assert "no assignment/" in str(submission.problem)
    assert "bpe.py" in submission.notes[0]
    (tmp_path / "two").mkdir()
    two, files = take(zipped(tmp_path / "two" / "s.zip", {"a/assignment/x.py": CODE, "b/assignment/x.py": CODE}))
    assert "'a/assignment' and 'b/assignment'" in str(two.problem)
    assert files == {}


def test_a_zip_bomb_is_stopped_early(tmp_path: Path) -> None:
    """A gigabyte of zeros in a megabyte: stopped by what is really read."""
    bomb = zipped(tmp_path / "s.zip", {"assignment/bpe.py": CODE, "assignment/x": bytes(40 * 2**20)})
    submission, files = take(bomb, file_mib=8)
    assert "larger than 8 MiB" in str(submission.problem)
    assert files == {}
    (tmp_path / "tar").mkdir()
    path = tmp_path / "tar" / "s.tar.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        info = tarfile.TarInfo("elsewhere")
        info.size = 300 * 2**20
        file.write(info.tobuf())
        for _ in range(300):
            file.write(bytes(2**20))
    assert "unpacks to more than 64 MiB" in str(take(path, archive_mib=64)[0].problem)


def test_a_hundred_thousand_files_are_refused(tmp_path: Path) -> None:
    """More members than any submission has."""
    path = zipped(tmp_path / "s.zip", {f"assignment/{n}": b"" for n in range(3000)})
    assert "2,000 files" in str(take(path)[0].problem)
    (tmp_path / "many").mkdir()
    many = zipped(tmp_path / "many" / "s.zip", {f"x/{n}": b"" for n in range(20_001)})
    assert "20,000 members" in str(take(many)[0].problem)


def test_an_encrypted_zip_is_one_sentence(tmp_path: Path) -> None:
    """A member that needs a password can't be graded."""
    path = zipped(tmp_path / "s.zip", {"assignment/bpe.py": CODE})
    raw = bytearray(path.read_bytes())
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)
    assert "encrypted" in str(take(path)[0].problem)


def test_a_missing_path_is_the_callers_mistake(tmp_path: Path) -> None:
    """No submission there: wrong arguments."""
    with pytest.raises(UsageError, match="nowhere"):
        intake(tmp_path / "nowhere.zip", tmp_path)


names = st.lists(
    st.sampled_from(["assignment", "..", "/", "\\", "a", "\x00", "\n", "é", "C:", ".", "", "\u202e", "x.py"]),
    max_size=6,
)


@given(members=st.lists(st.tuples(names.map("/".join), st.binary(max_size=9)), max_size=6))
def test_no_name_writes_outside(
    tmp_path_factory: pytest.TempPathFactory, members: list[tuple[str, bytes]]
) -> None:
    """Whatever the members are called, files arrive below assignment/ only, and nothing is raised."""
    place = tmp_path_factory.mktemp("place")
    with zipfile.ZipFile(place / "s.zip", "w") as archive:
        for name, content in members:
            info = zipfile.ZipInfo("x")
            info.filename = name
            if name not in archive.namelist():
                archive.writestr(info, content)
    into = place / "inner" / "into"
    into.mkdir(parents=True)
    intake(place / "s.zip", into)
    found = {path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()} - {"s.zip"}
    assert all(name.startswith("inner/into/assignment/") for name in found)
