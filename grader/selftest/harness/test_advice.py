"""What a student is told to try, and which notes stand below the board."""

from __future__ import annotations

import sys

import pytest

from tests.harness.advice import OTHER_TYPE, PLAIN, of_answer, of_error
from tests.harness.notes import MODULES, notes
from tests.harness.outcomes import StudentError

PYTHON = f"this is Python {sys.version_info[0]}.{sys.version_info[1]}: use nothing newer"


@pytest.mark.parametrize(
    ("kind", "text", "line", "told"),
    [
        ("UnicodeDecodeError", "'utf-8' codec can't decode byte 0xff", "", "errors='replace'"),
        ("UnicodeDecodeError", "'charmap' codec can't decode byte 0x9d", "", "encoding='utf-8'"),
        ("UnicodeDecodeError", "'ascii' codec can't decode byte 0xc3", "", "encoding='utf-8'"),
        ("UnicodeEncodeError", "'charmap' codec can't encode character", "", "encoding='utf-8'"),
        ("OverflowError", "int too large to convert to float", "", "a float can't be that large"),
        ("OverflowError", "math range error", "", "a float can't be that large"),
        ("OverflowError", "cannot convert float infinity to integer", "", "a float can't be that large"),
        ("OverflowError", "Python int too large to convert to C long", "", ""),
        ("ModuleNotFoundError", "No module named 'collectons'", "", "there is collections, whose name is near"),
        ("ModuleNotFoundError", "No module named 'numpy.foo'", "", "there is no foo in numpy"),
        ("ModuleNotFoundError", "No module named 'assignment.bpe'", "", "hand in the whole folder"),
        ("ModuleNotFoundError", "No module named 'pandas'", "", "only the packages that the handout allows"),
        ("ModuleNotFoundError", "No module named 'tourch'", "", "there is torch, whose name is near"),
        ("ModuleNotFoundError", "No module named 'tiktoken'", "", "only the packages that the handout allows"),
        ("ModuleNotFoundError", "No module named 'tokenizers'", "", "only the packages that the handout allows"),
        ("RecursionError", "maximum recursion depth exceeded", "", "a loop in the place of recursion"),
        ("RecursionError", "cannot set the recursion limit to 5 ...: the limit is too low", "", ""),
        ("SyntaxError", "multiple exception types must be parenthesized", "except A, B:", PYTHON),
        ("SyntaxError", "multiple exception types must be parenthesized", "except ValueError, e:", ""),
        ("SyntaxError", "invalid syntax", "type Size = int", PYTHON),
        ("SyntaxError", "f-string: unmatched '['", 'return f"{d["a"]}"', PYTHON),
        (
            "SyntaxError",
            "f-string expression part cannot include a backslash",
            r"f'{a}{chr(10)}{b+\"\n\"}'",
            PYTHON,
        ),
        ("SyntaxError", "f-string: expecting '}'", 'return f"{d"', ""),
        ("SyntaxError", "'(' was never closed", "print(f\"{d['a']}\"", ""),
        ("SyntaxError", "invalid syntax", "print 't'", ""),
        ("SyntaxError", "invalid syntax", "x = = f\"{d['a']}\"", ""),
        ("KeyError", "3", "", ""),
    ],
)
def test_advice_is_given_where_it_fits(kind: str, text: str, line: str, told: str) -> None:
    """And nothing is said where nothing is known."""
    said = of_error(StudentError([kind], text, ["words.py:1", f"    {line}"] if line else []))
    assert told in said
    assert bool(told) == bool(said)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("a numpy.str_, which is not plain data", "str(x)"),
        ("a numpy.bool, which is not plain data", "bool(x)"),
        ("a numpy.int64, which is not plain data", "int(x)"),
        ("a torch.Size, which is not plain data", "list(x)"),
        ("a torch.dtype, which is not plain data", "no number"),
        ("a assignment.words.Word, which is not plain data", PLAIN),
        ("the answer is NoneType None, not int", "ends without a return"),
        ("the answer[3] is NoneType None, not int", OTHER_TYPE),
        ("the answer is list [1], not int", OTHER_TYPE),
        ("the answer is float 3.0, not int", "//"),
        ("the answer is float nan, not int", "where no number is one"),
        ("the answer[0] is float -inf, not int", "where no number is one"),
        ("the answer[0] is str 'a numpy.bool is float 3.0, not int', not bytes", "x.encode()"),
        ("the answer is list ['a torch.Size'], not dict", OTHER_TYPE),
        ("the answer has 3 items, not 2: ['not an iterator', 'plain', 'b']", "how many there are"),
    ],
)
def test_advice_on_answers_fits_their_type(said: str, told: str) -> None:
    """Of answers that are no plain data, or of another type."""
    assert told in of_answer(said)


def _notes(**changed: str) -> list[str]:
    """Notes on files of those names, beside whole ones, that are about imports or names."""
    whole = {f"assignment/{module}.py": b"from somewhere import *" for module in MODULES}
    files = {f"assignment/{name.replace('__', '/')}.py": text.encode() for name, text in changed.items()}
    return [note for note in notes({**whole, **files}) if "somewhere" not in note]


@pytest.mark.parametrize(
    ("files", "noted"),
    [
        (
            {"words": "import torch\nfrom x import *"},
            "words.py imports torch, which is not there when it is graded",
        ),
        (
            {"words": "from ._a import *", "_a": "import torch"},
            "_a.py imports torch, which is not there when words.py",
        ),
        (
            {
                "words": "from assignment import _a\nfrom x import *",
                "_a": "from . import _b",
                "_b": "import torch",
            },
            "_b.py imports torch, which is not there when words.py is graded",
        ),
        ({"tensors": "from ._a import *", "_a": "import torch"}, ""),
        ({"_a": "import torch"}, ""),
        ({"words": "from typing import *\nif TYPE_CHECKING:\n    import torch"}, ""),
        ({"words": "from regex import *\ntry:\n    import numba\nexcept ImportError:\n    numba = None"}, ""),
        (
            {"words": "from regex import *\ntry:\n    import numba\nexcept KeyError:\n    numba = None"},
            "words.py imports numba",
        ),
        ({"words": "from regex import *\nif __name__ == '__main__':\n    import numba"}, ""),
        ({"words": "from regex import *\nif importlib.util.find_spec('numba'):\n    import numba"}, ""),
        ({"words": "from regex import *\nif sys.version_info < (3, 12):\n    import numba"}, ""),
        ({"words": "from regex import *\nwith suppress(ImportError):\n    import numba"}, ""),
        ({"words": "from regex import *\ntry:\n    import numba\nexcept* ImportError: ..."}, ""),
        ({"words": "from regex import *\ntry:\n    import numba\nexcept builtins.ImportError: ..."}, ""),
        ({"words": "from regex import *\nif 1:\n    import numba"}, "words.py imports numba"),
        (
            {"utilization": "class A:\n    def mfu(): ...\nhfu = 1\ndef f():\n    mfu = 1"},
            "utilization.py has no mfu",
        ),
        ({"utilization": "if True:\n    def mfu(): ...\nhfu = 1\nrequired_gpus = 1"}, ""),
    ],
)
def test_notes_say_what_grading_would_miss(files: dict[str, str], noted: str) -> None:
    """Imports of a file, and of those that it imports; names that stand at the module's top."""
    said = [note for note in _notes(**files) if note.startswith(tuple(f"{name}.py" for name in files))]
    assert (
        noted in "\n".join(said) if noted else not [note for note in said if "imports" in note or "no mfu" in note]
    )


def test_files_of_packages_are_looked_at() -> None:
    """Where they run code, or import what is not there."""
    files = {"assignment/words.py": b"from ._a.b import f", "assignment/_a/__init__.py": b"import torch"}
    said = notes({**files, "assignment/__init__.py": b"x = f()"})
    assert any(note.startswith("_a/__init__.py imports torch") for note in said)
    assert any(note.startswith("__init__.py is not empty") for note in said)


def test_a_file_that_says_nothing_is_as_good_as_empty() -> None:
    """A package's docstring and names don't differ from task to task."""
    content = '"""Mine."""\nfrom __future__ import annotations\n__all__ = ["bpe"]\n'
    assert not [note for note in notes({"assignment/__init__.py": content.encode()}) if "__init__" in note]


def test_a_file_in_a_folder_of_its_own_is_missing() -> None:
    """Where assignment/ lies in another assignment/."""
    nested = {f"assignment/assignment/{module}.py": b"" for module in MODULES}
    assert any(note.startswith("words.py is missing") for note in notes(nested))
