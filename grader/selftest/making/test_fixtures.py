"""The corpora and the recorded trainings: generated alike everywhere, documented, never stale."""

from __future__ import annotations

import hashlib
import random
import shutil
import sys
import typing
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
import regex

from grader.making import fixtures
from grader.making.corpora import END, documents, english, multilingual
from grader.oracle import naive_bpe
from tests.bpe_examples import FIXTURES, snapshot

SCRIPTS = "Latin Greek Cyrillic Arabic Hebrew Devanagari Thai Han Hiragana Katakana Hangul".split()
PARTS = {
    "a ZWJ sequence": "👩\u200d💻",
    "a flag": "🇯🇵",
    "a skin tone": "👍🏽",
    "a combining mark": "e\u0301",
    "a no-break space": "\u00a0",
    "an ideographic space": "\u3000",
    "a thin space": "\u2009",
    "CRLF": "\r\n",
    "a tab": "\t",
    "two spaces": "  ",
}


def read(name: str) -> str:
    """A shipped corpus, line ends as they are."""
    return (FIXTURES / "corpora" / name).read_bytes().decode()


def readme_rows() -> dict[str, list[str]]:
    """The table of fixtures/README.md: path to its other cells."""
    lines = (FIXTURES / "README.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    assert {len(row) for row in cells} == {6}
    return {row[0]: row[1:] for row in cells[2:]}


def test_every_fixture_stands_in_the_readme_with_its_size_and_sum() -> None:
    """Bytes and sha256 are those of the files, and no file is left out."""
    files = {p.relative_to(FIXTURES).as_posix(): p.read_bytes() for p in FIXTURES.glob("*/*")}
    assert sum(map(len, files.values())) < 1_000_000
    rows = {path: (cells[-2], cells[-1]) for path, cells in readme_rows().items()}
    assert rows == {path: (f"{len(raw):,}", f"`{hashlib.sha256(raw).hexdigest()}`") for path, raw in files.items()}


def change(folder: Path) -> None:
    """One more line end, as a careless checkout would leave it."""
    path = folder / "corpora" / "ties.txt"
    path.write_bytes(path.read_bytes() + b"\r\n")


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (lambda folder: None, []),
        (change, ["corpora/ties.txt"]),
        (lambda folder: (folder / "bpe" / "ties.json").unlink(), ["bpe/ties.json"]),
        (lambda folder: (folder / "more.txt").touch(), ["more.txt"]),
    ],
    ids=["as shipped", "changed", "missing", "added"],
)
def test_a_stale_fixture_is_named(tmp_path: Path, spoil: Callable[[Path], object], named: list[str]) -> None:
    """What ships is fresh; a changed, a missing and an added file are each found."""
    folder = tmp_path / "fixtures"
    shutil.copytree(FIXTURES, folder)
    spoil(folder)
    assert fixtures.stale(folder) == named


@pytest.mark.parametrize(
    ("text", "start"),
    [
        (english(20_000, seed=1), "cfe03b1eeb3a884d"),
        (multilingual(20_000, seed=1), "ec09779ad876bece"),
        (documents(english(20_000, seed=1)), "429b4413a483ec56"),
    ],
    ids=["english", "multilingual", "documents"],
)
def test_the_generator_gives_the_same_text_everywhere(text: str, start: str) -> None:
    """The sum of a sample is fixed, whatever the Python and the system."""
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == start


@pytest.mark.parametrize("make", [english, multilingual])
def test_the_generator_leaves_the_global_dice_alone(make: Callable[[int, int], str]) -> None:
    """Another seed gives another text; random's own state neither matters nor moves."""
    state = random.getstate()
    assert make(3_000, 1) != make(3_000, 2)
    assert random.getstate() == state


def test_english_has_a_long_tail() -> None:
    """A few words are most of the text, and many stand there once; contractions, numbers and quotes occur."""
    text = english(1_000_000, seed=1)
    counts = sorted(naive_bpe.count_words(text[:300_000], []).values(), reverse=True)
    assert sum(counts[:100]) > sum(counts) / 3
    assert counts.count(1) > len(counts) / 3
    assert len(set(regex.findall(r"\p{L}+", text))) > 10_000
    for part in ("'s ", "'ll ", "n't ", "'re ", '"', ", ", ". ", "?", "!", "\n\n", " 1"):
        assert part in text


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_multilingual_corpus_holds_the_script(script: str) -> None:
    """At least a hundred letters of each."""
    assert len(regex.findall(rf"\p{{Script={script}}}", read("multilingual.txt"))) >= 100


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS.keys())
def test_the_multilingual_corpus_holds_what_is_easily_mangled(part: str) -> None:
    """Emoji sequences, combining marks, spaces of all kinds and line ends, as they were made."""
    assert part in read("multilingual.txt")


def test_the_multilingual_corpus_is_not_normalized() -> None:
    """Normalizing it would change it, so a tokenizer that does is found out."""
    text = read("multilingual.txt")
    assert unicodedata.normalize("NFC", text) != text


def test_the_documents_end_with_the_special_token() -> None:
    """Each one does, and it stands nowhere in the other corpora."""
    pieces = read("documents.txt").split(END)
    assert len(pieces) > 20
    assert pieces[-1] == ""
    assert all(END not in read(f"{name}.txt") for name in ("english", "multilingual", "ties"))


@pytest.mark.parametrize("rule", [rule for rule in typing.get_args(naive_bpe.TieRule) if rule != "greatest"])
def test_another_tie_rule_learns_other_merges_from_the_ties(rule: naive_bpe.TieRule) -> None:
    """ties.txt tells every tie rule that we know from the specified one."""
    recorded = snapshot("ties")
    other = naive_bpe.train_on_text(recorded["corpus"].decode(), recorded["vocab_size"], [], rule)[1]
    assert len(other) == len(recorded["merges"])
    assert other != recorded["merges"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ties", "multilingual"])
def test_the_recorded_merges_are_the_plain_algorithms(name: str) -> None:
    """The snapshots come from the reference; the oracle, which shares no code with it, agrees."""
    recorded = snapshot(name)
    text, specials = recorded["corpus"].decode(), recorded["special_tokens"]
    vocab, merges = naive_bpe.train_on_text(text, recorded["vocab_size"], specials)
    assert (vocab, merges) == (recorded["vocab"], recorded["merges"])
    for encoding in recorded["encodings"]:
        assert naive_bpe.encode(encoding["text"], vocab, merges, specials) == encoding["ids"]


def test_the_check_names_what_is_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    """`python -m grader.making.fixtures --check` fails with the file and what to run."""
    monkeypatch.setattr(sys, "argv", ["fixtures", "--check"])
    monkeypatch.setattr(fixtures, "stale", lambda: ["corpora/ties.txt"])
    with pytest.raises(SystemExit, match=r"corpora/ties\.txt; run python -m grader\.making\.fixtures"):
        fixtures.main()
