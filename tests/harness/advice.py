"""What to try when code of a submission raises, or answers with what can't be compared."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from difflib import get_close_matches

from tests.harness.outcomes import StudentError
from tests.harness.tasks import TENSORS

NEWER = re.compile(
    r"^type \w+.*=|^(def|class) \w+\[|^except [A-Z]\w*(, ?[A-Z]\w*)+:|^except\*|^lazy (import|from)"
    r"|(?<![\w'\"])[tT][rR]?['\"]|\b[fF]['\"][^'\"]*\{[^}]*\\|\b[fF](?P<quote>['\"])(?:(?!(?P=quote)).)*\{[^}]*(?P=quote)[^}]*\}"
)
"""Lines that younger versions of Python take, and this one may not."""

OF_TEXT = (
    ("can't decode byte", "save the file as UTF-8: an editor has written it in another encoding"),
    ("null bytes", "save the file as UTF-8: an editor has written it in another encoding"),
)
OF_KINDS = (
    ("UnicodeDecodeError", r"'utf-8' codec", "malformed bytes are no error here: decode with errors='replace'"),
    (
        "Unicode(De|En)codeError",
        r"'(charmap|ascii|cp\w+|gbk|latin-1)' codec",
        "say encoding='utf-8' wherever a file is opened: without it each system takes an encoding of its own",
    ),
    (
        "RecursionError",
        "^(?!.*limit is too low)",
        "a loop in the place of recursion: inputs can be thousands long",
    ),
    (
        "OverflowError",
        "too large to convert to float|convert float infinity|math range error|result (out of range|too large)",
        "a float can't be that large; a whole number can, and math.ldexp takes an exponent",
    ),
)
"""Kinds of exceptions, what their text holds, and what to try."""

OF_TENSORS = (
    (
        "unsupported ScalarType",
        "numpy can't take every tensor; it has a storage, an offset and strides of its own",
    ),
    ("Can't call numpy()", "numpy can't take every tensor; it has a storage, an offset and strides of its own"),
    ("torch.finfo", "that helper takes only some dtypes: every tensor has an element_size()"),
    ("torch.iinfo", "that helper takes only some dtypes: every tensor has an element_size()"),
)
OF_ANSWERS = (
    (r"a numpy\.ndarray|a torch\.Tensor", "x.tolist() makes a list of it, x.item() a number"),
    (r"a numpy\.str_", "str(x) makes a plain str of it"),
    (r"a numpy\.bool", "bool(x) makes a plain True or False of it"),
    (r"a torch\.Size", "list(x) makes a list of it"),
    (r"a torch\.(dtype|device|layout)", "that is no number: compute with it, and answer with the result"),
    (r"a numpy\.|a torch\.", "int(x), float(x) or x.item() makes a plain number of it"),
    (r"a builtins\.(set|frozenset)", "sorted(x) or list(x) makes a list of it"),
    (
        r"a (builtins\.(generator|map|filter|zip|range|dict_\w+|enumerate|reversed)|itertools\.)",
        "list(x) makes a list of it",
    ),
    (r"a collections\.(Counter|defaultdict|OrderedDict)", "dict(x) makes a plain dict of it"),
    (r"^the answer is NoneType None", "some way through the function ends without a return"),
    (r"is bool (True|False), not int", "int(x) makes a number of it"),
    (r"is float (-?inf|nan)", "the handout says what is raised, or answered, where no number is one"),
    (r"is float .*, not int", "// divides whole numbers, and stays whole and exact; / makes a float"),
    (r"is str, not bytes", "x.encode() makes bytes of it"),
    (r"is bytes, not str", "x.decode('utf-8', errors='replace') makes a str of it"),
    (r"lone surrogates", "decode with errors='replace', not 'surrogateescape'"),
    (r"not an iterator", "yield the items one by one, or return iter(x)"),
    (r"an iterator of more than", "let it end when its input has ended"),
    (r"items, not", "the handout says how many there are"),
)
VALUE = re.compile(
    r"(the answer.*? is (?:str|bytes|int|list|dict)) .*(, not \w+)|(the answer.*? items, not \d+): .*", re.S
)
"""Where a text holds what a submission answered, which may read like anything."""

NEAR = 0.8
"""So alike are a name and one that was mistyped: tourch and torch, and not tiktoken and token."""

OTHER_TYPE = "the handout says what types the answer has"
PLAIN = "answer with int, str, bytes, float, bool, None, list and dict alone"


def of_error(error: StudentError) -> str:
    """What to try after an exception; empty where nothing is known of it.

    >>> of_error(StudentError(["RecursionError"], "maximum recursion depth exceeded"))
    'a loop in the place of recursion: inputs can be thousands long'
    """
    if error.kind == "ModuleNotFoundError":
        return _of_a_module(error.text)
    if {"ImportError", "SyntaxError"} & {*error.kinds} or "null bytes" in error.text:
        return _of_a_file(error)
    for kind, part, words in OF_KINDS:
        if re.fullmatch(kind, error.kind) and re.search(part, error.text):
            return words
    return _first(OF_TENSORS, error.text)


def of_answer(text: str) -> str:
    """What to try after an answer that is no plain data, or of another type.

    >>> of_answer("the answer is float 3.5, not int")
    '// divides whole numbers, and stays whole and exact; / makes a float'
    """
    said = VALUE.sub(r"\1\2\3", text)
    unknown = PLAIN if "plain" in said else OTHER_TYPE
    return next((advice for pattern, advice in OF_ANSWERS if re.search(pattern, said)), unknown)


def _of_a_module(text: str) -> str:
    if text.startswith("No module named 'assignment."):
        return "that file of assignment/ is missing: hand in the whole folder, stubs too"
    if "it lies beside your file" in text:
        return "modules of assignment/ are imported with a dot in front"
    named = re.match(r"No module named '([\w.]+)'", text)
    if named and "." in named[1]:
        package, _, module = named[1].rpartition(".")
        return f"there is no {module} in {package}"
    near = get_close_matches(named[1] if named else "", [*sys.stdlib_module_names, *TENSORS], 1, NEAR)
    if near and named and near[0] != named[1] and abs(len(near[0]) - len(named[1])) < 2:
        return f"there is {near[0]}, whose name is near"
    return "only the packages that the handout allows for this task are there when it is graded"


def _of_a_file(error: StudentError) -> str:
    line = next((each.strip() for each in error.where if each.startswith("    ")), "")
    whole = not re.search(r"never closed|unterminated|does not match", error.text)
    if "SyntaxError" in error.kinds and whole and NEWER.search(line):
        return f"this is Python {sys.version_info[0]}.{sys.version_info[1]}: use nothing newer"
    return _first(OF_TEXT, error.text)


def _first(advice: Sequence[tuple[str, str]], text: str) -> str:
    return next((words for part, words in advice if part in text), "")
