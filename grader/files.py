"""Writes results so that a reader sees the old file or the new one, never half of one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from grader.errors import UsageError


def write_atomically(path: Path, text: str) -> None:
    """Write text as UTF-8 with \\n line ends, all or nothing.

    Raises:
        UsageError: the folder does not exist, or can't be written to.
    """
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise UsageError(f"can't write {str(path)!r}: {error.strerror}") from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        os.replace(temporary, path)  # noqa: PTH105  -- the idiom's own name
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
