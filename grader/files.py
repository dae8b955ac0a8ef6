"""Where the project lies, and how results are written: a reader sees the old file or the new one, never half."""

from __future__ import annotations

import io
import json
import tarfile
import tempfile
from collections.abc import Container, Mapping
from pathlib import Path, PurePosixPath

from grader.errors import GraderFault, UsageError
from tests.files import NoPlace, write_whole

PROJECT = Path(__file__).resolve().parents[1]
"""The folder that holds `grader/`, `tests/` and `fixtures/`: a checkout, or where a wheel has put them."""

CHECKOUT = (PROJECT / "grader" / "selftest").is_dir()
"""Whether it is there to be edited."""


def json_lines(data: Mapping[str, object]) -> str:
    """A JSON object with a line for each of its keys.

    >>> print(json_lines({"a": [1, 2], "b": "é"}), end="")
    {
     "a": [1, 2],
     "b": "é"
    }
    """
    lines = (f" {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in data.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def write_atomically(path: Path, text: str | bytes) -> None:
    """Write bytes, or text as UTF-8 with \\n line ends, all or nothing; through what is no file, such as a device.

    Raises:
        UsageError: the folder does not exist, or can't be written to.
        GraderFault: writing failed later, as on a full disk; what was there before still is.
    """
    try:
        write_whole(path, text.encode() if isinstance(text, str) else text)
    except NoPlace as error:
        raise UsageError(f"can't write {str(path)!r}: {error.strerror}") from None
    except BrokenPipeError:
        raise  # nobody reads any more, which is no failure
    except OSError as error:
        raise GraderFault(
            f"can't write {str(path)!r}: {error.strerror or error}; what was there before still is"
        ) from None


def need_room(out: Path) -> None:
    """Refuse to write a new folder there, before any work is done.

    Raises:
        UsageError: there is something at `out`, or no folder to put it in.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{str(out)!r} is not empty; choose another folder")
    if not out.parent.is_dir():
        raise UsageError(f"no folder {str(out.parent)!r} to write {out.name!r} to; make it first")


def write_folder(out: Path, files: Mapping[str, bytes], executable: Container[str] = ()) -> None:
    """Write a new folder of these files, {path: content}, all or nothing.

    Raises:
        UsageError: there is something at `out`, or no folder to put it in.
    """
    need_room(out)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as temporary:
        made = Path(temporary) / "made"
        made.mkdir()
        for name, content in files.items():
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            (made / name).write_bytes(content)
            (made / name).chmod(0o755 if name in executable else 0o644)
        if out.exists():
            out.rmdir()
        made.rename(out)


def tar_of(files: Mapping[str, bytes], executable: Container[str] = ()) -> bytes:
    """A .tar of these files, {path: content}, and of the folders that they lie in; the same bytes each time.

    >>> tarfile.open(fileobj=io.BytesIO(tar_of({"a/b/c": b""}))).getnames()
    ['a', 'a/b', 'a/b/c']
    """
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for folder in sorted({str(parent) for name in files for parent in list(PurePosixPath(name).parents)[:-1]}):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(entry)
        for name, content in sorted(files.items()):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o755 if name in executable else 0o644
            archive.addfile(entry, io.BytesIO(content))
    return made.getvalue()
