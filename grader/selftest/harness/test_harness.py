"""Diagnoses, exact types, and whose fault it is."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from itertools import repeat
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.files import PROJECT
from grader.isolation import wire
from grader.selftest.isolation.test_wire import plain as plain_values
from tests.harness import Feed, Student, expect, expect_answer, expect_close, expect_raises, expect_that
from tests.harness.checks import judge
from tests.harness.direct import DirectBackend, forget_assignment
from tests.harness.expect import CALLS, Failure, difference
from tests.harness.outcomes import Altered, Limits, NotPlain, Stopped, StudentError, Verdict
from tests.harness.plain import conform, plain, short


@pytest.fixture(autouse=True)
def _no_call() -> None:
    CALLS.text = ""


@given(value=plain_values)
def test_plain_leaves_plain_data_as_it_is(value: Any) -> None:
    """What is plain already comes out equal."""
    assert plain(value) == value


@given(value=plain_values, width=st.integers(20, 120))
def test_short_is_bounded_and_printable(value: Any, width: int) -> None:
    """Whatever the value, its text is short and has no control characters."""
    text = short(value, width)
    assert len(text) <= 3 * width + 80
    assert text.isprintable() or "\\" in ascii(text)


def test_short_shows_huge_values() -> None:
    """Numbers too long for `str`, deep lists, long texts."""
    assert short(10**5000) == "an int of 16610 bits"
    assert short(list(range(10**6))).endswith("..., 999999]")
    assert short("a" * 500).endswith("(500 long)")
    assert short({}) == "{}"


@pytest.mark.parametrize("value", [True, 1.0, "1", b"1", [1], None])
def test_exact_types_are_required(value: object) -> None:
    """No bool, float or text is an int."""
    with pytest.raises(NotPlain, match="not int"):
        conform(value, int)


def test_conform_names_the_place() -> None:
    """The message says where the wrong part stands."""
    with pytest.raises(NotPlain, match=r"the answer\[1\]\[0\] is int 3, not bytes"):
        conform([{}, [3]], tuple[dict[int, bytes], list[bytes]])
    with pytest.raises(NotPlain, match="has 3 items, not 2"):
        conform([1, 2, 3], tuple[int, int])
    with pytest.raises(NotPlain, match="is NoneType None, not tuple"):
        conform(None, tuple[int, int])


def test_the_first_difference_is_shown() -> None:
    """Lists by index, dicts by key, texts by character; what is missing is called missing."""
    assert difference([1, 2, 3], [1, 2])[1] == "[2] is missing, in [1, 2]"
    assert difference({1: b"a"}, {1: b"a", 2: b"b"}) == (
        "[2] is missing, in {1: b'a'}",
        "[2] is b'b', in {1: b'a', 2: b'b'}",
    )
    assert difference(list(range(100)), [*range(50), 0, *range(51, 100)])[1].startswith("[50] is 0, in [48:56]")
    assert "around character 70" in difference("a" * 100, "a" * 70 + "b" * 30)[0]


def test_a_diagnosis_is_bounded_whatever_is_answered() -> None:
    """Each row is cut, and says how long it was."""
    with pytest.raises(Failure, match=r"\(100,000 characters\)") as failure:
        expect_that(False, "x", "y" * 100_000)
    assert len(str(failure.value)) < 2_500


def test_a_call_of_another_check_is_not_shown() -> None:
    """What an earlier check was answered is forgotten, though this one may be answered the very same."""
    CALLS.remember(7, "other(1)")
    CALLS.clear()
    CALLS.text = "mine(2)"
    with pytest.raises(Failure, match=r"^mine\(2\)"):
        expect(7, 8)


def test_a_named_mistake_replaces_the_hint() -> None:
    """The sentence of the mistake that gives exactly this answer is shown."""
    with pytest.raises(Failure, match="try       reversed") as failure:
        expect([2, 1], [1, 2], "look again", {"reversed": lambda: [2, 1], "other": lambda: [0]})
    assert "look again" not in str(failure.value)
    with pytest.raises(Failure, match="look again"):
        expect([3], [1, 2], "look again", {"reversed": lambda: [2, 1]})


def _itself(value: object) -> object:
    return value


def test_a_mistake_is_named_where_it_fits_all_answers_of_the_function() -> None:
    """Right ones, too; what it says nothing of, and what another function answered, doesn't matter."""
    known = {"doubled": lambda: 80, "halved": lambda: 80}
    for function, doubled, named in (("f", 2, False), ("f", ..., True), ("f", 1, True), ("g", 2, True)):
        CALLS.clear()
        CALLS.text = f"{function}(1)"
        expect(1, 1, "", {"doubled": partial(_itself, doubled)})
        CALLS.text = "f(40)"
        with pytest.raises(Failure, match="or: halved" if named else "try       halved"):
            expect(80, 40, "look again", known)
    CALLS.clear()


def test_what_many_mistakes_give_is_named_with_a_perhaps() -> None:
    """One more or less, or one of a few; then the hint is there, too, but for one that would be said twice."""
    with pytest.raises(Failure, match=r"try       perhaps: up\n {12}or: more\n {12}look again$"):
        expect(41, 40, "look again", {"up": lambda: 41, "more": lambda: 41, "less": lambda: 39})
    with pytest.raises(Failure, match=r"try       perhaps: look again$"):
        expect("memory", "compute", "look again", {"look again": lambda: "memory"})


def test_a_value_that_is_no_answer_is_told_by_its_name() -> None:
    """Beside the latest call, though an earlier one gave an equal number."""
    CALLS.remember(5, "f(1)")
    CALLS.text = "g(2)"
    with pytest.raises(Failure, match=r"^g\(2\)\n  expected  7 calls of fn\n  got       5 calls of fn$"):
        expect(5, 7, told="{} calls of fn")
    with pytest.raises(Failure, match=r"the median is 2\.0"):
        expect_close(2.0, 1.0, told="the median is {}")


def test_texts_that_look_alike_are_told_apart() -> None:
    """By an escape for each combining mark; one behind a quote is always one."""
    with pytest.raises(Failure, match=r"expected  'é'\n  got       'e\\u0301'"):
        expect("e\u0301", "é")
    with pytest.raises(Failure, match=r"got       \['e', '\\u0301'\]"):
        expect_that(False, "é", repr(["e", "\u0301"]))


class Answering:
    """A backend that answers each call alike."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def invoke(self, *asked: Any) -> Any:
        """Give the answer."""
        del asked
        return self._answer

    def pull(self, handle: int, count: int) -> tuple[list[Any], bool]:
        """An iterator that ends at once."""
        del handle, count
        return [], True

    def file(self, name: str, content: bytes) -> str:
        """A path, and no file."""
        del content
        return f"/away/{name}"

    def used_mib(self) -> float | None:
        """Nobody knows."""
        return None

    def seconds(self) -> float:
        """The clock."""
        return perf_counter()


def test_a_call_is_shown_so_that_it_can_be_repeated() -> None:
    """Whole while it is short, with what its files and iterators hold, and how its object was made."""
    student = Student(Answering(0), CALLS)
    student.flops.matmul_flops([10**20] * 6, [10**20] * 6)
    assert CALLS.text == f"matmul_flops({[10**20] * 6}, {[10**20] * 6})"
    vocab = {n: bytes([n]) for n in range(256)}
    tokenizer = student.bpe.Tokenizer(vocab, [(b"a", b"b")], ["<s>"])
    tokenizer.encode_iterable(iter(["ab", "c"])).rest()
    cut = "{0: b'\\x00', 1: b'\\x01', 2: b'\\x02', ..., 255: b'\\xff'}"
    made = f"Tokenizer({cut}, [(b'a', b'b')], ['<s>'])"
    assert CALLS.text == f"list({made}.encode_iterable(iter(['ab', 'c'])))"
    tokenizer.encode_iterable(Feed(repeat("ab\n", 99)))
    assert CALLS.text.endswith(r".encode_iterable(repeat('ab\n', 99))")
    files = student.file("v.json", '{"a": 0}'), student.file("m.txt", b"\xff" * 999)
    loaded = student.bpe.Tokenizer.from_files(*files)
    loaded.encode_iterable(iter([]))
    call, *rows = CALLS.text.split("\n")
    assert call == "Tokenizer.from_files('v.json', 'm.txt').encode_iterable(iter([]))"
    assert rows[0] == """  where     v.json holds '{"a": 0}'"""
    assert rows[1].startswith("  where     m.txt holds b'")
    assert rows[1].endswith("(999 long)")
    student.timing.benchmark(student.used_mib, lambda: None, print, 1, 2)
    assert CALLS.text == "benchmark(used_mib, <function>, print, 1, 2)"


def test_a_long_call_is_cut() -> None:
    """Its longest arguments first, and then how its object was made."""
    student = Student(Answering(0), CALLS)
    student.flops.matmul_flops([10**20] * 60, [2, 3])
    assert len(CALLS.text) < 120
    assert CALLS.text.endswith(", [2, 3])")
    tokenizer = student.bpe.Tokenizer(dict.fromkeys(range(9), b"x" * 60), [(b"m" * 60, b"n")] * 9)
    tokenizer.encode_iterable(iter(["i" * 250]))
    assert len(CALLS.text) <= 300
    tokenizer.encode_iterable(*[iter(["i" * 50] * 9)] * 5)
    assert CALLS.text.startswith("Tokenizer(...).encode_iterable(iter([")


def test_an_answer_that_is_refused_is_told_as_allowed() -> None:
    """Where the submission raises by a line of its own; where it stumbles, that speaks for itself."""
    CALLS.text = "f(1)"
    for line, due in (("a.py:1 in f: raise ValueError(x)", True), ("a.py:1 in f: return {}[x]", False)):
        said = judge(StudentError(["ValueError"], "x", [line]))[1]
        assert said.startswith("f(1)\n  expected  an answer" if due else "f(1)\n  got       ValueError")
    with (
        pytest.raises(Failure, match=r"expected  7\n  got       ValueError: 'x'\n  at        a\.py:1"),
        expect_answer(answer="7"),
    ):
        raise StudentError(["ValueError"], "x", ["a.py:1"])


def test_a_name_whose_ends_nobody_sees_is_quoted() -> None:
    """A blank at its end; and of many words the first two are told."""
    with pytest.raises(Failure, match=r"names '64 GB '\n"), expect_raises(ValueError, naming="64 GB "):
        pass
    with pytest.raises(Failure, match=r"names a or b\n"), expect_raises(ValueError, naming=("a", "b", "c")):
        pass


def test_equal_values_of_other_types_differ() -> None:
    """1 is not True, and 1.0 is not 1."""
    for got, wanted in ((True, 1), (1.0, 1), ([1], {1: 1})):
        with pytest.raises(Failure):
            expect(got, wanted)


def test_expected_exceptions_must_name_the_offender() -> None:
    """The kind and the name in the message both count."""
    with expect_raises(ValueError, naming="x"):
        raise StudentError(["ValueError"], "x is wrong")
    with (
        pytest.raises(Failure, match="whose message names y"),
        expect_raises(ValueError, naming="y"),
    ):
        raise StudentError(["ValueError"], "x is wrong")
    with pytest.raises(Failure, match="KeyError"), expect_raises(ValueError, naming=""):
        raise StudentError(["KeyError"], "x")
    with pytest.raises(Failure, match="no exception"), expect_raises(ValueError, naming=""):
        pass


def test_a_class_of_several_kinds_is_each_of_them() -> None:
    """An exception that is a ValueError counts as one, whatever else it is; another does not."""
    both = StudentError(["KeyError", "LookupError", "ValueError", "Exception"], "no 'x'")
    for wanted in (ValueError, KeyError, (TypeError, ValueError)):
        with expect_raises(wanted, naming="x"):
            raise both
    with pytest.raises(Failure, match="got       KeyError: \"no 'x'\""), expect_raises(TypeError, naming="x"):
        raise both


@pytest.mark.parametrize(
    ("naming", "text", "good"),
    [
        ("[5, -1]", "no shape (5, -1)", True),
        ("[2]", "no shape (2,)", True),
        ("overflow", "Overflow of 3.0", True),
        (("zero", "0"), "all are 0.0", True),
        ("[5, -1]", "no shape (5, 1)", False),
        ("12", "exponent_bits is out of range", False),
    ],
)
def test_a_message_may_name_in_its_own_words(naming: str | tuple[str, ...], text: str, good: bool) -> None:
    """A tuple for a list, capitals, one of several words; a hint says what to put in where it is not there."""
    if not good:
        with pytest.raises(Failure, match="the message of the ValueError must contain"):  # noqa: SIM117
            with expect_raises(ValueError, naming=naming, hint="look again"):
                raise StudentError(["ValueError"], text)
    else:
        with expect_raises(ValueError, naming=naming):
            raise StudentError(["ValueError"], text)


@pytest.mark.parametrize(
    ("kinds", "hint"),
    [
        (["ModuleNotFoundError", "ImportError"], "only the packages"),
        (["ImportError"], "ImportError: 'y'"),
        (["SyntaxError"], "this is Python 3"),
        (["RecursionError", "RuntimeError"], "a loop in the place of recursion"),
    ],
)
def test_what_nobody_raises_on_purpose_is_told_as_it_is(kinds: list[str], hint: str) -> None:
    """Where an exception was expected, a failed import or too deep a recursion is not called a wrong one."""
    with pytest.raises(StudentError) as error, expect_raises(ValueError, naming="x", hint="name x"):
        raise StudentError(kinds, "y", ["a.py:1", "    type X = int"])
    assert hint in judge(error.value)[1]


def test_an_answer_that_is_due_names_the_mistake_when_it_does_not_come() -> None:
    """But code that is not written, or can't be imported, is told so."""
    with (
        pytest.raises(Failure, match="an answer\n  got       ValueError: 'no'\n  try       look it up"),
        expect_answer("look it up"),
    ):
        raise StudentError(["ValueError"], "no")
    with pytest.raises(StudentError), expect_answer("look it up"):
        raise StudentError(["SyntaxError"], "no")


def test_an_int_becomes_a_float_where_one_is_due() -> None:
    """But no bool does, nor an int that no float can hold."""
    converted = conform([1, {"a": 2}, 2.5], tuple[float, dict[str, float], float])
    assert converted == (1.0, {"a": 2.0}, 2.5)
    assert type(converted[0]) is type(converted[1]["a"]) is float
    for wrong in (True, 10**400, "1"):
        with pytest.raises(NotPlain, match="not float"):
            conform(wrong, float)


def test_a_submission_gets_copies_and_imports_that_fail_again(tmp_path: Path) -> None:
    """What it does to its arguments stays with it, and a package that is broken stays broken."""
    (tmp_path / "assignment").mkdir()
    (tmp_path / "assignment" / "__init__.py").write_text("from . import words, nothing", encoding="utf-8")
    (tmp_path / "assignment" / "words.py").write_text(
        "def clear(x):\n    x.clear()\n    return x", encoding="utf-8"
    )
    before, path = {n: m for n, m in sys.modules.items() if n.startswith("assignment")}, sys.path[:]
    try:
        backend = DirectBackend(tmp_path, tmp_path, Limits())
        for _ in range(2):
            with pytest.raises(StudentError, match="ImportError"):
                backend.invoke("words.clear", None, [[1]], {}, keep=False)
        (tmp_path / "assignment" / "__init__.py").write_text("\n", encoding="utf-8")
        given = [{"a": 1}]
        with pytest.raises(Altered, match="argument 1 was changed"):
            backend.invoke("words.clear", None, [given], {}, keep=False)
        with pytest.raises(Altered, match="the argument x was changed"):
            backend.invoke("words.clear", None, [], {"x": given}, keep=False)
        assert given == [{"a": 1}]
        assert backend.invoke("words.clear", None, [[]], {}, keep=False) == []
    finally:
        forget_assignment()
        sys.modules.update(before)
        sys.path[:] = path


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (Failure("f()", "1", "2", ""), Verdict.FAILED),
        (AssertionError(), Verdict.FAILED),
        (StudentError(["KeyError"], "x", ["bpe.py:1 in f: x"]), Verdict.FAILED),
        (NotPlain("a set"), Verdict.FAILED),
        (Altered(0, "[]"), Verdict.FAILED),
        (Stopped(Verdict.TIMEOUT, "no answer"), Verdict.TIMEOUT),
        (Stopped(Verdict.NOT_WRITTEN, "Task 1.2"), Verdict.NOT_WRITTEN),
        (TypeError("ours"), Verdict.GRADER_FAULT),
        (KeyError("ours"), Verdict.GRADER_FAULT),
    ],
    ids=lambda x: type(x).__name__ if isinstance(x, BaseException) else x.value,
)
def test_blame_goes_where_it_belongs(error: BaseException, verdict: Verdict) -> None:
    """Only a comparison or the submission itself costs points; anything else is the grader's fault."""
    assert judge(error)[0] is verdict


def test_expect_that_says_what_holds() -> None:
    """A condition in words."""
    with pytest.raises(Failure, match="expected  small"):
        expect_that(False, "small", "large")


def test_a_message_of_the_worker_is_a_map() -> None:
    """An empty map is no answer that the backend takes, but is well formed."""
    assert wire.parse(b"\xa0") == {}


def test_showing_a_deep_value_is_quick() -> None:
    """A value that nests without end is shown by its outside; its cost is not doubled with each level."""
    value: object = 1
    for _ in range(60):
        value = [value, {1: value}]
    assert short(value).startswith("[...")
    assert len(short(value)) < 100


EXAMPLES = """
import sys
import hypothesis
from hypothesis import strategies as st
from tests.harness import plugin

if "plugin" in sys.argv:
    plugin.settle_examples()
if "near" in sys.argv:
    import near
seen = []

@hypothesis.settings(derandomize=True, database=None, max_examples=300)
@hypothesis.given(st.integers(0, 10**6))
def examples(n):
    seen.append(n)

examples()
print(seen)
"""


def test_examples_do_not_depend_on_what_is_imported(tmp_path: Path) -> None:
    """Hypothesis by itself takes constants from source files near it; with the plugin, those of none."""
    (tmp_path / "near.py").write_text(f"NUMBERS = {list(range(1001, 1400))}\n", encoding="utf-8")
    script = f"import sys; sys.path[:0] = [{str(tmp_path)!r}, {str(PROJECT)!r}]\n{EXAMPLES}"

    def examples(*words: str) -> str:
        run = [sys.executable, "-c", script, *words]
        return subprocess.run(run, capture_output=True, text=True, check=True, cwd=tmp_path).stdout

    assert examples("near") != examples()
    assert examples("plugin", "near") == examples("plugin")
