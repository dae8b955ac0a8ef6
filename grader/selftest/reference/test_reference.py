"""The reference against its oracles: the plain algorithm, other libraries, itself in chunks."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import regex
import rustbpe
import tiktoken
import tokenizers
from hypothesis import given
from hypothesis import strategies as st

from grader.making import END, documents, english, multilingual
from grader.oracle import naive_bpe
from grader.reference import _pretokens
from grader.reference.bpe import Tokenizer, train_bpe

ALPHABETS = ["ab", "abc ", "aé日 \r\n'1s.", "a<|>x "]
SPECIALS = [[], ["<x>"], ["a|", "|a", "a|a"], ["<", "<|", "aa"], ["日", " a", "a b"]]
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


def test_rustbpe_learns_the_same_with_its_tie_rule() -> None:
    """With ties to the smallest ids, the plain algorithm is rustbpe's."""
    text = english(6_000, seed=6)
    trainer = rustbpe.Tokenizer()
    trainer.train_from_iterator(iter([text]), vocab_size=256 + 60, pattern=naive_bpe.PATTERN.pattern)
    theirs = [bytes(token) for token, rank in sorted(trainer.get_mergeable_ranks(), key=lambda pair: pair[1])][
        256:
    ]
    ours = naive_bpe.train_on_text(text, 256 + 60, [], "smallest_id")[1]
    assert theirs == [left + right for left, right in ours]


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
    import json

    (tmp_path / "v.json").write_text(
        json.dumps({naive_bpe.printable(t): i for i, t in vocab.items()}), encoding="utf-8"
    )
    lines = [" ".join(map(naive_bpe.printable, pair)) for pair in merges]
    (tmp_path / "m.txt").write_text("#version: 0.2\n" + "\n".join(lines), encoding="utf-8", newline="\n")
    loaded = Tokenizer.from_files(tmp_path / "v.json", tmp_path / "m.txt", [END])
    text = multilingual(500, seed=2) + END
    assert loaded.encode(text) == Tokenizer(vocab, merges, [END]).encode(text)
