"""Tables on a terminal, and as plain lines where none is: in a log, a file, a pipe."""

from __future__ import annotations

import io

from rich.console import Console
from rich.table import Table

WIDEST = 10_000


def show(table: Table, console: Console) -> None:
    """Print a table. Where no terminal shows it, a row is one line, however long, and nothing is cut or drawn.

    >>> table = Table("name", "what it does")
    >>> table.add_row("short", "x" * 100)
    >>> show(table, Console(file=(file := io.StringIO()), width=40))
    >>> [len(line) for line in file.getvalue().splitlines()]
    [19, 107]
    """
    if console.is_terminal:
        console.print(table, soft_wrap=False)
        return
    table.box, table.pad_edge, table.padding = None, False, (0, 2, 0, 0)
    for column in table.columns:
        column.no_wrap = True
    drawn = io.StringIO()
    Console(file=drawn, width=WIDEST, color_system=None, emoji=False).print(table)
    lines = (line.rstrip() for line in drawn.getvalue().splitlines())
    console.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)
