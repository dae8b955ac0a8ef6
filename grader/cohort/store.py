"""A class's store: one SQLite file that is only ever added to.

Each row carries a seal, the SHA-256 of its values and of the seal before it, so that a change of any of them is
found, and each table's last row stands in `heads`, so that a missing end is. One process writes; whoever reads
meanwhile sees what was written whole.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from grader.errors import GraderFault, UsageError
from tests.harness.text import encodable

FORMAT = 2
TABLES: dict[str, tuple[str, ...]] = {
    "students": ("id", "name", "email", "section", "aliases", "due", "listed"),
    "attempts": ("student", "label", "source", "handed_in", "late", "digest", "problem", "notes", "added"),
    "archives": ("digest", "content"),
    "runs": ("began", "key", "settings", "tasks"),
    "gradings": ("run", "digest", "key", "tasks", "fault", "score", "wall_s", "report"),
    "overrides": ("student", "task", "points", "reason", "by", "at"),
}
"""Every table has its rows' number `n` in front, and their `seal` behind."""

HEADS = "CREATE TABLE heads (of PRIMARY KEY, n, seal)"
"""The last row of each table that has one: the only place that changes."""

INDEXES = (
    "CREATE UNIQUE INDEX archives_of ON archives(digest)",
    "CREATE INDEX attempts_of ON attempts(student)",
    "CREATE INDEX gradings_of ON gradings(digest, key)",
)
Row = sqlite3.Row
DAMAGED = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What a file raises that isn't what SQLite wrote: its own words of an error may be no text, either."""


class Store:
    """Opened by `opened`.

    >>> with opened(Path(":memory:"), new=True) as store:
    ...     n = store.add("overrides", student="ann", task="1.2", points=3, reason="late", by="me", at="now")
    ...     [row["points"] for row in store.rows("SELECT points FROM overrides")], list(store.broken())
    ([3], [])
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, table: str, **values: object) -> int:
        """Append a row, whole or not at all, and give its number."""
        names = TABLES[table]
        row = [encodable(each) if isinstance(each := values[name], str) else each for name in names]
        with self.together():
            before = self._one(f"SELECT n, seal FROM {table} ORDER BY n DESC LIMIT 1")  # noqa: S608
            n = before["n"] + 1 if before else 1
            seal = _seal(before["seal"] if before else "", n, row)
            places = ", ".join("?" * (len(names) + 2))
            self._connection.execute(f"INSERT INTO {table} VALUES ({places})", (n, *row, seal))  # noqa: S608
            self._connection.execute("INSERT OR REPLACE INTO heads VALUES (?, ?, ?)", (table, n, seal))
        return n

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is added inside is written whole or not at all."""
        if self._connection.in_transaction:
            yield
            return
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.rollback()
            raise
        self._connection.commit()

    def rows(self, query: str, *values: object) -> list[Row]:
        """What a query gives."""
        return self._connection.execute(query, values).fetchall()

    def archive(self, digest: str) -> bytes:
        """The submission with this digest.

        Raises:
            GraderFault: it is gone.
        """
        row = self._one("SELECT content FROM archives WHERE digest = ?", digest)
        if row is None:
            raise GraderFault(f"the store has lost the submission {digest[:12]}: `grader class verify` tells more")
        content: bytes = row["content"]
        return content

    def _one(self, query: str, *values: object) -> Row | None:
        found: Row | None = self._connection.execute(query, values).fetchone()
        return found

    @property
    def fingerprint(self) -> str:
        """SHA-256 of all seals: the same as long as nothing is added, changed or taken away."""
        heads = [tuple(row) for row in self.rows("SELECT * FROM heads ORDER BY of")]
        return hashlib.sha256(json.dumps(heads).encode()).hexdigest()

    def broken(self) -> Iterator[str]:
        """A sentence for each place where what is stored isn't what was written."""
        try:
            for (said,) in self._connection.execute("PRAGMA integrity_check"):
                if said != "ok":
                    yield f"SQLite finds: {said}"
            for table, names in TABLES.items():
                yield from self._broken_seals(table, names)
        except DAMAGED as error:
            yield f"it can't be read to its end: {error}"

    def _broken_seals(self, table: str, names: tuple[str, ...]) -> Iterator[str]:
        before, expected = "", 1
        for row in self._connection.execute(f"SELECT * FROM {table} NOT INDEXED ORDER BY n"):  # noqa: S608
            if row["n"] != expected:
                yield f"{table}: row {expected} is missing"
            if row["seal"] != _seal(before, row["n"], [row[name] for name in names]):
                yield f"{table}, row {row['n']} is not what was written"
            before, expected = row["seal"], row["n"] + 1
        head = self._one("SELECT n, seal FROM heads WHERE of = ?", table)
        if (head["n"], head["seal"]) != (expected - 1, before) if head else before:
            yield f"{table}: it ends in row {expected - 1}, and row {head['n'] if head else 0} was the last one"


def _seal(before: str, n: int, values: list[Any]) -> str:
    plain = [[hashlib.sha256(each).hexdigest()] if isinstance(each, bytes) else each for each in values]
    return hashlib.sha256(json.dumps([before, n, *plain]).encode()).hexdigest()


@contextmanager
def opened(path: Path, *, new: bool = False) -> Iterator[Store]:
    """The store in a file; with `new`, made if it isn't there.

    Raises:
        UsageError: there is none, or it is no store of this format.
        GraderFault: it can't be read or written.
    """
    there = path.exists()
    if not there and not new:
        raise UsageError(f"no store {str(path)!r}: `grader class add` makes one, and --store names another")
    if not there and str(path) != ":memory:" and not path.parent.is_dir():
        raise UsageError(f"no folder {str(path.parent)!r} to write {path.name!r} to; make it first")
    try:
        connection = sqlite3.connect(path, isolation_level=None, timeout=60)
        try:
            connection.row_factory = sqlite3.Row
            connection.text_factory = lambda raw: raw.decode(
                "utf-8", "surrogateescape"
            )  # else a change is no text
            _settle(connection, str(path))
            yield Store(connection)
        finally:
            connection.close()
    except DAMAGED as error:
        raise GraderFault(
            f"the store {str(path)!r} can't be used: {error}; what was written whole still is"
        ) from None


def _settle(connection: sqlite3.Connection, called: str) -> None:
    try:
        held = {row["sql"] for row in connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")}
        version = connection.execute("PRAGMA user_version").fetchone()[0]
    except DAMAGED:
        raise UsageError(f"{called!r} is no store of a class: name another with --store") from None
    if held and (version != FORMAT or held != set(_statements())):
        raise UsageError(f"{called!r} is no store of a class, or of another version: name another with --store")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    if held:
        return
    connection.execute("BEGIN IMMEDIATE")
    if connection.execute("PRAGMA user_version").fetchone()[0] == FORMAT:  # another process has just made it
        connection.rollback()
        return
    for statement in _statements():
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {FORMAT}")
    connection.commit()


def _statements() -> Iterator[str]:
    yield HEADS
    for table, names in TABLES.items():
        yield f"CREATE TABLE {table} (n INTEGER PRIMARY KEY, {', '.join(names)}, seal)"
        for change in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER {table}_no_{change} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'a store is only added to'); END"
            )
    yield from INDEXES


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Keep others from grading the same class meanwhile; it ends with this process, however that ends.

    Raises:
        UsageError: another process is at it.
    """
    if sys.platform == "win32" or not path.parent.is_dir():
        yield
        return
    import fcntl

    with path.with_name(f"{path.name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise UsageError(f"another process is grading {str(path)!r}: wait for its end") from None
        yield
