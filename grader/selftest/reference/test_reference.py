"""The reference against its oracles: the plain algorithm, other libraries, itself in chunks."""

from __future__ import annotations

import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import regex
import rustbpe
import tiktoken
import tokenizers
from hypothesis import given
from hypothesis import strategies as st

from grader.making import END, documents, english, multilingual
from grader.oracle import naive_bpe
from grader.reference import _merging, _pretokens, bpe
from grader.reference.bpe import Tokenizer, train_bpe
from tests.bpe_examples import unprintable

ALPHABETS = ["a", "ab", "abc ", "aé日 \r\n'1s.", "a<|>x ", " \t\n\x1c\x1d\x1e\x1f\x85\xa0\u2009\u2028\u3000a1'."]
SPECIALS = [[], ["<x>"], ["a|", "|a", "a|a"], ["<", "<|", "aa"], ["日", " a", "a b"], [" ", "\n a", "\ufffd"]]
MALFORMED = [
    b"\xe3",
    b"\xe3\x80",
    b"\x80",
    b"\xff",
    b"\xc3\xa9",
    b"\xed\xa0\x80",
    b" ",
    b"\n",
    b"a",
    b"'s",
    b"<x>",
    b"\xc2",
]
texts = st.sampled_from(ALPHABETS).flatmap(lambda letters: st.text(letters, max_size=200))


@given(text=texts, specials=st.sampled_from(SPECIALS), chunk=st.sampled_from([7, 30, 2**20]))
def test_training_equals_the_plain_algorithm(
    tmp_path_factory: pytest.TempPathFactory, text: str, specials: list[str], chunk: int
) -> None:
    """Also when the file is cut into tiny chunks."""
    path = tmp_path_factory.getbasetemp() / "corpus.txt"
    path.write_bytes(text.encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_pretokens, "CHUNK_BYTES", chunk)
        assert train_bpe(path, 300, specials) == naive_bpe.train_bpe(path, 300, specials)


@given(
    parts=st.lists(st.sampled_from(MALFORMED), max_size=60),
    specials=st.sampled_from(SPECIALS),
    chunk=st.sampled_from([1, 7, 2**20]),
)
def test_malformed_bytes_train_as_the_plain_algorithm_does(
    tmp_path_factory: pytest.TempPathFactory, parts: list[bytes], specials: list[str], chunk: int
) -> None:
    """Also where a chunk ends or a special token begins."""
    path = tmp_path_factory.getbasetemp() / "malformed.txt"
    path.write_bytes(b"".join(parts))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_pretokens, "CHUNK_BYTES", chunk)
        assert train_bpe(path, 300, specials) == naive_bpe.train_bpe(path, 300, specials)


tokens = st.text("ab", min_size=1, max_size=3)


@given(word=st.text("ab", max_size=130), merges=st.lists(st.tuples(tokens, tokens), unique=True, max_size=20))
def test_short_and_long_words_are_merged_alike(word: str, merges: list[tuple[str, str]]) -> None:
    """As each merge has one turn, also by merges that no training gives: two may give the same bytes."""
    plain = tuple(bytes([byte]) for byte in word.encode())
    for left, right in merges:
        plain = naive_bpe.merge_word(plain, (left.encode(), right.encode()))
    ids: dict[bytes, int] = defaultdict(count().__next__)
    rules = {
        (ids[left.encode()], ids[right.encode()]): (rank, ids[left.encode() + right.encode()])
        for rank, (left, right) in enumerate(merges)
    }
    letters = [ids[bytes([byte])] for byte in word.encode()]
    merged = [ids[token] for token in plain]
    assert _merging._merge_short(letters, rules) == _merging._merge_long(letters, rules) == merged
    assert _merging.merge_ids(letters, rules) == merged


def test_white_space_is_that_of_the_pattern() -> None:
    """The rough pattern names each character that `regex` takes for white space."""
    everything = "".join(map(chr, range(0x110000)))
    assert re.findall(f"[{_pretokens._SPACE}]", everything) == regex.findall(r"\s", everything)


@given(text=st.one_of(texts, st.text(max_size=30)), specials=st.sampled_from(SPECIALS))
def test_rough_pieces_hold_whole_pre_tokens(text: str, specials: list[str]) -> None:
    """Each by itself, all of them counted at once, and blocks of them."""
    for piece, special in naive_bpe.split_on_specials(text, specials):
        if special:
            continue
        whole = naive_bpe.PATTERN.findall(piece)
        rough = _pretokens.ROUGH_PATTERN.findall(piece)
        assert [word for part in rough for word in _pretokens.PATTERN.findall(part)] == whole
        assert _pretokens._refined(Counter(rough)) == Counter(whole)
        blocks = re.findall(_pretokens.BLOCKS.pattern.replace("65536", "3"), piece)
        assert [word for block in blocks for word in _pretokens.PATTERN.findall(block)] == whole


def by_id(first: Callable[[bytes], int]) -> Callable[[bytes], Any]:
    """A rule for ties: the smallest ids come first, where single bytes have these."""
    later = count(256)
    return lambda token: first(token) if len(token) == 1 else next(later)


@given(words=st.dictionaries(st.text("ab", max_size=40), st.integers(1, 9), max_size=9))
def test_merges_are_those_of_the_plain_algorithm_to_the_last(words: dict[str, int]) -> None:
    """By two rules for ties, on words full of overlaps, until no pair is left; no two give the same bytes."""
    counted = Counter({word.encode(): times for word, times in words.items()})
    apart = Counter({tuple(bytes([b]) for b in word): times for word, times in counted.items()})
    for order, ties in ((None, "greatest"), (by_id(ord), "smallest_id")):
        vocab = {n: bytes([n]) for n in range(256)}
        merges = _merging.learn_merges(counted, 1000, order)
        assert merges == naive_bpe.train_on_words(apart, vocab, 2000, ties)  # type: ignore[arg-type]
        assert len({left + right for left, right in merges}) == len(merges)


@given(words=st.dictionaries(st.text("abcd", min_size=1, max_size=9), st.integers(1, 99), max_size=60))
def test_rounds_of_few_pairs_find_the_same_merges(words: dict[str, int]) -> None:
    """However few pairs a round begins with, the most frequent one of each moment is merged."""
    counted = Counter({word.encode(): times for word, times in words.items()})
    merges = _merging.learn_merges(counted, 300)
    whole = _merging._Corpus.frequent_pairs
    for number in (1, 3):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                _merging._Corpus, "frequent_pairs", lambda corpus, _, number=number: whole(corpus, number)
            )
            assert _merging.learn_merges(counted, 300) == merges


@given(text=texts, specials=st.sampled_from(SPECIALS), seed=st.integers(0, 999), cut=st.integers(1, 9))
def test_encoding_equals_the_plain_algorithm_however_it_is_cut(
    text: str, specials: list[str], seed: int, cut: int
) -> None:
    """encode, encode_iterable and decode on random vocabularies."""
    corpus = "".join(random.Random(seed).choices(text or "a", k=100))
    vocab, merges = naive_bpe.train_on_text(corpus, 256 + len(specials) + 20, specials)
    tokenizer = Tokenizer(vocab, merges, specials)
    ids = naive_bpe.encode(text, vocab, merges, specials)
    assert tokenizer.encode(text) == ids
    assert list(tokenizer.encode_iterable(text[n : n + cut] for n in range(0, len(text), cut))) == ids
    assert tokenizer.decode(ids) == text
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bpe, "BLOCKS", re.compile(_pretokens.BLOCKS.pattern.replace("65536", str(cut))))
        tokenizer._encoded = bpe._Remembered(tokenizer._encode_run, room=cut)
        assert tokenizer.encode(text) == tokenizer.encode(text) == ids
        assert len(tokenizer._encoded) <= cut


@pytest.mark.slow
def test_a_large_file_is_counted_in_parallel_alike(tmp_path: Path) -> None:
    """Several processes over chunks count what one pass over the text counts."""
    path = tmp_path / "corpus.txt"
    path.write_bytes(documents(english(5_000_000, seed=1) + multilingual(300_000, seed=2)).encode())
    text = path.read_bytes().decode()
    whole = regex.compile(regex.escape(END)).split(text)
    counted = _pretokens.count_pre_tokens(path, [END])
    assert path.stat().st_size > _pretokens.PARALLEL_BYTES
    assert sum(counted.values()) == sum(len(_pretokens.PATTERN.findall(piece)) for piece in whole)
    assert train_bpe(path, 300, [END])[1] == train_bpe(path, 300, [END])[1]


def test_tiktoken_gives_the_same_ids(tmp_path: Path) -> None:
    """With our vocabulary as its ranks, tiktoken encodes as we do."""
    path = tmp_path / "corpus.txt"
    path.write_bytes(english(100_000, seed=3).encode())
    vocab, merges = train_bpe(path, 1000, [])
    theirs = tiktoken.Encoding(
        "ours",
        pat_str=naive_bpe.PATTERN.pattern,
        mergeable_ranks={t: i for i, t in vocab.items()},
        special_tokens={},
    )
    ours = Tokenizer(vocab, merges)
    for text in (english(20_000, seed=4), multilingual(20_000, seed=5), "   \n\n  x", "it's we'll"):
        assert ours.encode(text) == theirs.encode(text)


def megabytes(tmp_path: Path) -> tuple[str, Counter[bytes]]:
    """A text of two megabytes, and its pre-tokens as the reference counts them."""
    text = english(1_800_000, seed=6) + multilingual(200_000, seed=10)
    (tmp_path / "corpus.txt").write_bytes(text.encode())
    return text, _pretokens.count_pre_tokens(tmp_path / "corpus.txt", [])


def test_rustbpe_learns_the_same_with_its_tie_rule(tmp_path: Path) -> None:
    """It lets ties go to the smallest ids."""
    text, words = megabytes(tmp_path)
    trainer = rustbpe.Tokenizer()
    trainer.train_from_iterator(iter([text]), vocab_size=5000, pattern=naive_bpe.PATTERN.pattern)
    theirs = [bytes(token) for token, _ in sorted(trainer.get_mergeable_ranks(), key=lambda pair: pair[1])]
    ours = _merging.learn_merges(words, 5000 - 256, by_id(ord))
    assert theirs[256:] == [left + right for left, right in ours]


def test_hugging_face_learns_the_same_with_its_tie_rule(tmp_path: Path) -> None:
    """The same rule, but bytes have their ids in the order of their printable forms."""
    text, words = megabytes(tmp_path)
    theirs = tokenizers.Tokenizer(tokenizers.models.BPE())
    split = tokenizers.pre_tokenizers.ByteLevel
    theirs.pre_tokenizer = split(add_prefix_space=False, use_regex=True)
    theirs.train_from_iterator(
        [text],
        tokenizers.trainers.BpeTrainer(vocab_size=5000, show_progress=False, initial_alphabet=split.alphabet()),
    )
    ranks = {unprintable(letter): rank for rank, letter in enumerate(sorted(split.alphabet()))}
    ours = _merging.learn_merges(words, 5000 - 256, by_id(ranks.__getitem__))
    merges = json.loads(theirs.to_str())["model"]["merges"]
    assert [(unprintable(left), unprintable(right)) for left, right in merges] == ours


def test_hugging_face_encodes_the_same(tmp_path: Path) -> None:
    """With our vocabulary and merges, HF's BPE encodes as we do."""
    path = tmp_path / "corpus.txt"
    path.write_bytes(english(60_000, seed=7).encode())
    vocab, merges = train_bpe(path, 700, [])
    show = naive_bpe.printable
    model = tokenizers.models.BPE({show(t): i for i, t in vocab.items()}, [(show(a), show(b)) for a, b in merges])
    theirs = tokenizers.Tokenizer(model)
    theirs.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    for text in (english(10_000, seed=8), multilingual(10_000, seed=9)):
        assert Tokenizer(vocab, merges).encode(text) == theirs.encode(text).ids


@pytest.mark.parametrize(
    ("size", "specials", "naming"),
    [(255, [], "255"), (257, ["<a>", "<b>"], "257"), (300, [""], "empty"), (300, ["<a>", "<a>"], "<a>")],
)
def test_bad_arguments_are_named(tmp_path: Path, size: int, specials: list[str], naming: str) -> None:
    """ValueError, with the offender in its message."""
    (tmp_path / "a.txt").write_text("a", encoding="utf-8")
    with pytest.raises(ValueError, match=naming):
        train_bpe(tmp_path / "a.txt", size, specials)


def test_saved_tokenizers_load_again(tmp_path: Path) -> None:
    """GPT-2's two files, whatever the bytes."""
    vocab, merges = naive_bpe.train_on_text(multilingual(3000, seed=1) + "# # #", 400, [END])
    (tmp_path / "v.json").write_text(
        json.dumps({naive_bpe.printable(t): i for i, t in vocab.items()}), encoding="utf-8"
    )
    lines = [" ".join(map(naive_bpe.printable, pair)) for pair in merges]
    (tmp_path / "m.txt").write_text("#version: 0.2\n" + "\n".join(lines), encoding="utf-8", newline="\n")
    loaded = Tokenizer.from_files(tmp_path / "v.json", tmp_path / "m.txt", [END])
    text = multilingual(500, seed=2) + END
    assert loaded.encode(text) == Tokenizer(vocab, merges, [END]).encode(text)
