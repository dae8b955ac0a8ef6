"""What is taken from an archive, and what is left out."""

from __future__ import annotations

import errno
import gzip
import hashlib
import io
import os
import struct
import subprocess
import tarfile
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import GraderFault, UsageError
from grader.intake.take import IntakeLimits, intake
from grader.model import Report, Submission

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
        ("assignment/bpe.py", "case"),
        ("assignment/bpe.py/evil.py", "case"),
        ("assignment/" + ("d" * 200 + "/") * 6 + "evil.py", "path of more"),
        ("assignment/e\udcffvil.py", "unprintable"),
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


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize(
    "others", [{}, {"hw/hw/notes.txt": b""}, {"hw/old/assignment/bpe.py": b"old", "hw/assignment/bpe.py": CODE}]
)
def test_two_folders_around_are_opened_if_none_holds_it_further_up(
    tmp_path: Path, others: dict[str, bytes], packed: bool
) -> None:
    """As some systems pack a folder of the same name once more."""
    files = others if "hw/assignment/bpe.py" in others else {"hw/hw/assignment/bpe.py": CODE} | others
    submission, arrived = take(handed_in(tmp_path, files, packed))
    assert (submission.problem, arrived) == (None, {"assignment/bpe.py": CODE})


@pytest.mark.parametrize("packed", [True, False])
def test_of_two_that_lie_as_deep_none_is_guessed(tmp_path: Path, packed: bool) -> None:
    """Both are named."""
    files = {"hw/a/assignment/x.py": CODE, "hw/b/assignment/x.py": CODE}
    submission, arrived = take(handed_in(tmp_path, files, packed))
    assert "'hw/a/assignment' and 'hw/b/assignment'" in str(submission.problem)
    assert arrived == {}


def handed_in(tmp_path: Path, files: dict[str, bytes], packed: bool) -> Path:
    """These files, as a .zip or in a folder."""
    if packed:
        return zipped(tmp_path / "s.zip", files)
    for path, content in files.items():
        (tmp_path / "s" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "s" / path).write_bytes(content)
    return tmp_path / "s"


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"hw/Assignment/bpe.py": CODE}, "there is 'hw/Assignment': name it assignment, in small letters"),
        ({"hw/assignment /bpe.py": CODE}, "there is 'hw/assignment ': name it assignment, in small letters"),
        (
            {"assignment/assignment/bpe.py": CODE},
            "itself has no .py file, but assignment/assignment/ has: submit that folder alone",
        ),
        ({"a/b/c/assignment/bpe.py": CODE}, "'a/b/c/assignment', too deep inside: submit that folder alone"),
        ({"hw/bpe.py": CODE, "hw/words.py": CODE}, "put the .py files into a folder assignment/"),
        ({"hw/notes.txt": b""}, "at its top or inside one folder"),
    ],
)
def test_where_something_like_it_was_seen_is_said(tmp_path: Path, files: dict[str, bytes], says: str) -> None:
    """And what to do."""
    submission, taken = take(zipped(tmp_path / "s.zip", files))
    assert str(submission.problem).endswith(says)
    assert taken == {}


def test_backslashes_of_a_zip_are_folders(tmp_path: Path) -> None:
    """As some programs on Windows write them; they lead out no more than others."""
    packed = zipped(
        tmp_path / "s.zip",
        {"hw\\assignment\\": b"", "hw\\assignment\\bpe.py": CODE, "hw\\assignment\\..\\..\\evil.py": CODE},
    )
    submission, files = take(packed)
    assert files == {"assignment/bpe.py": CODE}
    assert submission.problem is None
    assert [note for note in submission.notes if "leads out" in note]


def test_a_zip_bomb_is_stopped_early(tmp_path: Path) -> None:
    """A gigabyte of zeros in a megabyte: stopped by what is really read."""
    bomb = zipped(tmp_path / "s.zip", {"assignment/bpe.py": CODE, "assignment/x.py": bytes(40 * 2**20)})
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
    path = zipped(tmp_path / "s.zip", {f"assignment/{n}.py": b"" for n in range(3000)})
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


def test_a_name_that_goes_on_after_nul_is_left_out(tmp_path: Path) -> None:
    """A .zip's name is not cut at its first NUL."""
    path = zipped(tmp_path / "s.zip", {"assignment/bpe.py": CODE, "assignment/x.pyQ": CODE})
    path.write_bytes(path.read_bytes().replace(b"x.pyQ", b"x.py\0"))
    submission, files = take(path)
    assert files == {"assignment/bpe.py": CODE}
    assert "unprintable" in submission.notes[0]


def test_folders_that_differ_in_case_are_one(tmp_path: Path) -> None:
    """The first spelling of a folder stays, and a file never takes a folder's name."""
    members = {"assignment/a/x.py": CODE, "assignment/A/y.py": CODE, "assignment/a": CODE}
    submission, files = take(zipped(tmp_path / "s.zip", members))
    assert files == {"assignment/a/x.py": CODE}
    assert len(submission.notes) == 2


def test_a_symbolic_link_in_a_zip_is_left_out(tmp_path: Path) -> None:
    """A zip tells a link by its Unix mode."""
    path = zipped(tmp_path / "s.zip", {"assignment/bpe.py": CODE})
    link = zipfile.ZipInfo("assignment/evil.py")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    submission, files = take(path)
    assert files == {"assignment/bpe.py": CODE}
    assert "a link" in submission.notes[0]


def test_after_twenty_notes_the_rest_are_counted(tmp_path: Path) -> None:
    """A thousand hostile names don't make a thousand sentences."""
    members = {f"../{n}": b"" for n in range(30)} | {"assignment/bpe.py": CODE}
    submission, _ = take(zipped(tmp_path / "s.zip", members))
    assert len(submission.notes) == 21
    assert submission.notes[-1] == "and 10 more"


@pytest.mark.parametrize("at", ["", "r/"])
def test_only_python_files_next_to_assignment_are_noted(tmp_path: Path, at: str) -> None:
    """A helper next to assignment/ is missed by it; a test in another folder is not."""
    names = ("assignment/bpe.py", "helper.py", "tests/test_x.py", "README.md")
    submission, _ = take(zipped(tmp_path / "s.zip", {f"{at}{name}": CODE for name in names}))
    assert submission.notes == ("only assignment/ is graded; left out beside it: 'helper.py'",)


def test_what_systems_leave_behind_is_no_submission(tmp_path: Path) -> None:
    """The shadow that macOS adds of assignment/ is no second one, and caches are not taken."""
    members = {
        "assignment/bpe.py": CODE,
        "__MACOSX/assignment/._bpe.py": b"",
        "assignment/.DS_Store": b"",
        "assignment/__pycache__/bpe.pyc": b"",
    }
    submission, files = take(zipped(tmp_path / "s.zip", members))
    assert (submission.problem, submission.notes) == (None, ())
    assert files == {"assignment/bpe.py": CODE}


def test_a_repository_is_taken_from_inside_and_beside_what_is_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder may be given as ".", be called assignment itself, and hold a long history."""
    repository = tmp_path / "assignment"
    (repository / "assignment").mkdir(parents=True)
    (repository / "assignment" / "bpe.py").write_bytes(CODE)
    for large in (".git", "data/deep"):
        (repository / large).mkdir(parents=True)
        for number in range(30):
            (repository / large / str(number)).touch()
    monkeypatch.chdir(repository)
    submission = intake(Path(), tmp_path / "into", IntakeLimits(members=20))
    assert (submission.name, submission.problem) == ("assignment", None)
    assert [p.name for p in (tmp_path / "into" / "assignment").iterdir()] == ["bpe.py"]


def test_an_assignment_that_is_a_link_is_none(tmp_path: Path) -> None:
    """Neither inside the folder given, nor as the folder given; nor is a folder of another name."""
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "bpe.py").write_bytes(CODE)
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "assignment").symlink_to(tmp_path / "reference")
    for path in (tmp_path / "s", tmp_path / "s" / "assignment"):
        submission = intake(path, tmp_path / "into")
        assert "no assignment/" in str(submission.problem)
        assert "left out 'assignment': a link" in submission.notes
    assert intake(tmp_path / "reference", tmp_path / "into").root is None


def test_the_modes_do_not_depend_on_the_umask(tmp_path: Path) -> None:
    """The sandbox's user reads what the grader's user wrote."""
    path = zipped(tmp_path / "s.zip", {"assignment/deep/x.py": CODE})
    before = os.umask(0o077)
    try:
        intake(path, tmp_path / "into")
    finally:
        os.umask(before)
    deep = tmp_path / "into" / "assignment" / "deep"
    assert [p.stat().st_mode & 0o777 for p in (deep.parent, deep, deep / "x.py")] == [0o755, 0o755, 0o644]


def test_the_sha256_is_the_archives_or_the_files(tmp_path: Path) -> None:
    """Of a folder it tells names from contents, and does not depend on what is left out."""
    path = zipped(tmp_path / "s.zip", {"assignment/bpe.py": CODE})
    assert take(path)[0].sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    seen = []
    for number, (name, content) in enumerate([("ab.py", b"c"), ("a.py", b"b.pyc"), ("ab.py", b"c")]):
        folder = tmp_path / str(number)
        (folder / "assignment").mkdir(parents=True)
        (folder / "assignment" / name).write_bytes(content)
        (folder / "README").write_text(str(number), encoding="utf-8")
        seen.append(intake(folder, tmp_path / f"into{number}").sha256)
    assert seen[0] == seen[2] != seen[1]


def test_a_tarball_damaged_past_its_first_member_is_refused_whole(tmp_path: Path) -> None:
    """A bad header in the middle, and a missing checksum at the end, are not the archive's end."""
    good = tarred(tmp_path / "s.tgz", [(f"assignment/{n}.py", CODE, tarfile.REGTYPE) for n in "ab"]).read_bytes()
    damaged = bytearray(gzip.decompress(good))
    damaged[1024 + 150] ^= 1
    for number, content in enumerate((good[:-6], gzip.compress(bytes(damaged)))):
        (tmp_path / "s.tgz").write_bytes(content)
        submission = intake(tmp_path / "s.tgz", tmp_path / str(number))
        assert "sound" in str(submission.problem)
        assert submission.root is None
        assert not (tmp_path / str(number) / "assignment").exists()


def headers(kind: bytes, size: int, body: bytes) -> bytes:
    """One tar header, with what follows it."""
    info = tarfile.TarInfo("assignment/x.py")
    info.type, info.size = kind, size
    return info.tobuf(tarfile.GNU_FORMAT) + body


SPARSE = b"22 GNU.sparse.major=1\n22 GNU.sparse.minor=0\n".ljust(512, b"\0")


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (headers(tarfile.XHDTYPE, 2**20, b"1" * 2**20), "extended headers"),
        (headers(tarfile.GNUTYPE_LONGNAME, 2**24, b"a" * 2**24), "extended headers"),
        (headers(tarfile.XHDTYPE, 0, b"") * 3000, "recursion"),
        (headers(tarfile.REGTYPE, -512, b""), "sparse"),
        (headers(tarfile.GNUTYPE_SPARSE, 0, b""), "sparse"),
        (headers(tarfile.XHDTYPE, 44, SPARSE) + headers(tarfile.REGTYPE, 512, b"9\n" * 256), "sparse"),
    ],
)  # fmt: skip
def test_tar_headers_that_exhaust_the_reader_are_refused(tmp_path: Path, raw: bytes, says: str) -> None:
    """What tarfile would search, nest or hold without bounds is one sentence."""
    path = tmp_path / "s.tar.gz"
    path.write_bytes(gzip.compress(raw + bytes(1024)))
    submission, files = take(path)
    assert says in str(submission.problem)
    assert files == {}


def listed(names: list[bytes], extra: bytes = b"", comment: bytes = b"") -> bytes:
    """A zip's list of members, and no member."""
    fixed = struct.Struct("<4s4B4HL2L5H2L")
    entries = b"".join(
        fixed.pack(
            *(b"PK\1\2", 20, 3, 20, 0, 0x800, 0, 0, 0x21, 0, 0, 0, len(name), len(extra), len(comment), 0, 0),
            *(0o100644 << 16, 0),
        )
        + name + extra + comment
        for name in names
    )  # fmt: skip
    count = min(len(names), 65_535)
    return entries + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(entries), 0, 0)


MIB = 2**20
GZIP = b"\x1f\x8b\x08\0" + bytes(6)
NAMED = b"\x1f\x8b\x08\x08" + bytes(6)
MARKS = "/".join(["\u0301\u0316" * 15] * 9).encode()
"""Marks that are put in order one by one."""


@pytest.mark.parametrize(
    "content",
    [
        NAMED + b"a" * (16 * MIB),
        (NAMED + b"a" * 60 + b"\0") * (MIB // 4),
        gzip.compress(b"", mtime=0) * (MIB // 2),
        gzip.compress(bytes(1024)) + bytes(16 * MIB),
        gzip.compress(bytes(255 * MIB), 1),
        GZIP + b"\0\0\0\xff\xff" * (3 * MIB),
        listed([b""] * 170_000),
        listed([b"assignment/a"] * 20_000, extra=bytes(320)),
        listed([b"assignment/a"] * 250, comment=b"x" * 65_535),
        listed([b"assignment/" + MARKS] * 7_000),
        headers(b"0", 1 << 62, b"x" * 512),
        gzip.compress(headers(b"V", 1 << 40, b"x" * 512)),
        gzip.compress(headers(tarfile.XHDTYPE, 8192, b"9" * 8192) * 100, 1),
        gzip.compress(
            (headers(tarfile.XHDTYPE, 512, b"6 a=b\n" * 85 + b"\0\0") + headers(b"0", 0, b"")) * 9_000, 1
        ),
        gzip.compress((headers(tarfile.GNUTYPE_LONGNAME, 512, b"a/" * 256) + headers(b"0", 0, b"")) * 9_000, 1),
    ],
    ids="name names parts zeros unpacked blocks entries extras comments marks short packed pax pax_2 long".split(),
)
def test_no_archive_keeps_the_grader_busy(tmp_path: Path, content: bytes) -> None:
    """Headers, names, lists and padding without end take a few seconds of processor time at most."""
    path = tmp_path / "s.tar.gz"
    path.write_bytes(content)
    started = time.process_time()
    submission, _ = take(path)
    assert time.process_time() - started < IntakeLimits().cpu_s + 1
    assert submission.root is None or "case" in submission.notes[0]


@pytest.mark.parametrize("size", [513, 1 << 20, 1 << 40, 1 << 62])
def test_a_member_that_is_longer_than_its_archive_is_not_waited_for(tmp_path: Path, size: int) -> None:
    """What a header announces and the archive doesn't hold is not skipped block by block."""
    path = tmp_path / "s.tar"
    path.write_bytes(headers(b"V", size, b"x" * 512))
    started = time.process_time()
    assert "sound" in str(take(path)[0].problem)
    assert time.process_time() - started < 1


def test_a_file_name_that_is_no_text_is_shown_as_far_as_it_is(tmp_path: Path) -> None:
    """Its report is written like any other."""
    path = zipped(tmp_path / "s.zip", {"assignment/bpe.py": CODE}).rename(tmp_path / os.fsdecode(b"\xffs.zip"))
    submission, _ = take(path)
    assert (submission.name, submission.problem) == ("\udcffs.zip", None)
    report = Report(submission.name, submission.sha256, "0", "none", (), None, ())
    assert report.submission == "\\udcffs.zip"
    path.write_bytes(b"")
    assert str(intake(path, tmp_path / "again").problem).encode()


def test_folders_are_not_entered_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A platform may unpack a submission itself, with more folders in each other than os.walk enters."""
    (tmp_path / "s" / "assignment").mkdir(parents=True)
    (tmp_path / "s" / "assignment" / "bpe.py").write_bytes(CODE)
    monkeypatch.chdir(tmp_path / "s" / "assignment")
    for _ in range(1_200):
        os.mkdir("d")  # noqa: PTH102  -- relative
        os.chdir("d")
    submission, files = take(tmp_path / "s")
    assert (submission.problem, files) == (None, {"assignment/bpe.py": CODE})
    assert "16 folders deep" in submission.notes[0]
    monkeypatch.chdir(tmp_path)
    subprocess.run(["rm", "-rf", tmp_path / "s"], check=True)  # pytest would recurse into it, too


def test_folders_without_end_are_refused(tmp_path: Path) -> None:
    """Each file may bring many folders, and each of those costs as much as a file."""
    path = zipped(tmp_path / "s.zip", {f"assignment/{f'{n}/' * 12}x.py": CODE for n in range(300)})
    assert "2,000 folders" in str(take(path)[0].problem)


def test_what_takes_too_long_is_refused_whole(tmp_path: Path) -> None:
    """When the clock of the intake runs out, nothing is graded, and one sentence says so."""
    path = zipped(tmp_path / "s.zip", {f"assignment/{n}.py": CODE for n in range(9)})
    submission = intake(path, tmp_path / "into", IntakeLimits(cpu_s=-1))
    assert "takes too long" in str(submission.problem)
    assert not (tmp_path / "into" / "assignment").exists()


def test_parts_and_padding_of_a_tarball_are_read(tmp_path: Path) -> None:
    """Some programs write gzip files in several parts, or fill them up with zeros."""
    whole = gzip.decompress(tarred(tmp_path / "s.tgz", [("assignment/x.py", CODE, tarfile.REGTYPE)]).read_bytes())
    parts = [whole[n : n + 999] for n in range(0, len(whole), 999)]
    (tmp_path / "s.tgz").write_bytes(b"".join(map(gzip.compress, parts)) + bytes(70_000))
    assert take(tmp_path / "s.tgz")[1] == {"assignment/x.py": CODE}
    (tmp_path / "s.tgz").write_bytes(b"".join(map(gzip.compress, parts)) + bytes(9) + b"x")
    assert "sound" in str(intake(tmp_path / "s.tgz", tmp_path / "again").problem)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_compression_that_unpacks_unbounded_is_refused(tmp_path: Path, method: int) -> None:
    """The library would unpack it all before a byte could be counted."""
    with zipfile.ZipFile(tmp_path / "s.zip", "w", method) as archive:
        archive.writestr("assignment/bpe.py", CODE)
    assert "deflate" in str(take(tmp_path / "s.zip")[0].problem)


def test_a_zips_list_of_members_is_not_read_when_too_long(tmp_path: Path) -> None:
    """Names of 60,000 bytes each: few members, but a list that would fill the memory."""
    path = zipped(tmp_path / "s.zip", {f"x/{n}" + "e" * 60_000: b"" for n in range(20)})
    assert "10 members are allowed" in str(take(path, members=10)[0].problem)


@pytest.mark.parametrize(
    ("limits", "says"),
    [({"total_mib": 1}, "unpacks to more than 1 MiB"), ({"archive_mib": 1}, "larger than 1 MiB")],
)
def test_sizes_are_limited_together(tmp_path: Path, limits: dict[str, int], says: str) -> None:
    """All files together, and the archive itself, have a limit each."""
    path = zipped(tmp_path / "s.zip", {f"assignment/{n}.py": os.urandom(600_000) for n in range(2)})
    submission, files = take(path, **limits)
    assert says in str(submission.problem)
    assert files == {}


def test_the_content_decides_what_an_archive_is(tmp_path: Path) -> None:
    """A .zip named .tar.gz is a zip."""
    assert take(zipped(tmp_path / "s.tar.gz", {"assignment/bpe.py": CODE}))[0].problem is None


def test_pipes_and_used_folders_are_the_callers_mistake(tmp_path: Path) -> None:
    """A pipe is not waited for, and what is already in the folder to be filled stays."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="pipe"):
        intake(tmp_path / "pipe", tmp_path / "into")
    (tmp_path / "into" / "assignment").mkdir(parents=True)
    (tmp_path / "into" / "assignment" / "mine").touch()
    with pytest.raises(UsageError, match="already"):
        intake(zipped(tmp_path / "s.zip", {"assignment/bpe.py": CODE}), tmp_path / "into")
    assert (tmp_path / "into" / "assignment" / "mine").exists()


def test_a_copy_that_cannot_be_written_is_the_graders_fault(tmp_path: Path) -> None:
    """A full or missing disk costs the student nothing."""
    path = zipped(tmp_path / "s.zip", {"assignment/bpe.py": CODE})
    (tmp_path / "file").touch()
    with pytest.raises(GraderFault, match="can't write"):
        intake(path, tmp_path / "file" / "into")


parts = st.sampled_from(["assignment", "..", "/", "\\", "a", "A", "\x00", "\n", "C:", ".", "", "\u202e", "x.py"])
names = st.lists(parts | st.text(st.characters(exclude_categories=["Cs"]), max_size=5), max_size=6).map("/".join)
names |= names.map("assignment/".__add__)


@given(members=st.lists(st.tuples(names, st.binary(max_size=9)), max_size=6))
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


def test_a_disk_that_fails_is_no_submissions_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the grader's, so that nobody gets 0 points by it."""
    (tmp_path / "s" / "assignment").mkdir(parents=True)
    (tmp_path / "s" / "assignment" / "bpe.py").write_bytes(CODE)

    def fails(*_: object) -> int:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("grader.intake.archives._open_plain", fails)
    with pytest.raises(GraderFault, match="can't be read here: Input/output error"):
        intake(tmp_path / "s", tmp_path / "into")
