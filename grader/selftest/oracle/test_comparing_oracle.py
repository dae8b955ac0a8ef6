"""Task 1.5 against a slow count, the pattern that tiktoken has, and two libraries that cut and encode by it."""

from __future__ import annotations

import inspect
import random
import re

import regex
import tiktoken
import tokenizers
from hypothesis import given
from hypothesis import strategies as st
from tiktoken_ext import openai_public  # type: ignore[import-untyped]

from grader.files import PROJECT
from grader.hidden.test_1_2_bpe import made_by_hand
from grader.hidden.test_1_5_comparing import texts
from grader.making import multilingual
from grader.oracle import compared as oracle
from grader.reference import comparing

PATTERNS = st.sampled_from(sorted(comparing.PATTERNS))
SAMPLES = st.fixed_dictionaries(dict.fromkeys(["en", "hi"], st.tuples(st.integers(1, 60), st.integers(1, 60))))


def published() -> dict[str, str]:
    """Both patterns as tiktoken writes them. It has that of cl100k_base beside a vocabulary that it downloads."""
    (cl100k,) = re.findall('"pat_str": r"""(.+)"""', inspect.getsource(openai_public.cl100k_base))
    return {"gpt2": openai_public.r50k_pat_str, "cl100k": cl100k}


def test_the_handout_prints_both_patterns() -> None:
    """As the reference has them, the second one in two lines."""
    chapter = (PROJECT / "handout.md").read_text(encoding="utf-8").split("## Task 1.5")[1]
    blocks = re.findall(r"```text\n('.+?)```", chapter, re.DOTALL)
    assert ["".join(block.split("\n")) for block in blocks] == list(comparing.PATTERNS.values())


@given(text=texts())
def test_pre_tokens_are_those_of_tiktoken_and_tokenizers(text: str) -> None:
    """Those of tiktoken are possessive, which changes no pre-token. The engine of tokenizers ends lines at `$`."""
    for pattern, source in published().items():
        cut = comparing._pre_tokens(text, pattern)
        assert cut == oracle.pre_tokens(text, pattern) == regex.findall(source, text)
        other = comparing.PATTERNS[pattern].replace("$", r"\z")
        splitter = tokenizers.pre_tokenizers.Split(tokenizers.Regex(other), "isolated")
        assert cut == [piece for piece, _ in splitter.pre_tokenize_str(text)]
    assert comparing.pattern_differences(text) == oracle.differences(text)


def test_pre_tokens_of_a_corpus() -> None:
    """Eleven scripts."""
    text = multilingual(20_000, seed=5)
    for pattern, source in published().items():
        assert (
            comparing._pre_tokens(text, pattern) == oracle.pre_tokens(text, pattern) == regex.findall(source, text)
        )


@given(text=texts(), seed=st.integers(0, 10**6), pattern=PATTERNS)
def test_tokens_and_words(text: str, seed: int, pattern: str) -> None:
    """Encoded anew with each number of merges; with all of them by tiktoken, too; and word by word."""
    merges = [*made_by_hand(random.Random(seed)), (b"4", b"2"), (b"\xe6", b"\x97"), (b" ", b"("), (b"\n", b"\n")]
    counts = comparing.token_counts(text, merges, pattern)
    assert counts == oracle.token_counts(oracle.pre_tokens(text, pattern), merges)
    ranks = [bytes([byte]) for byte in range(256)] + [left + right for left, right in merges]
    encoding = tiktoken.Encoding(
        "mine",
        pat_str=published()[pattern],
        mergeable_ranks={token: rank for rank, token in enumerate(ranks)},
        special_tokens={},
    )
    assert counts[-1] == len(encoding.encode(text))
    assert comparing.word_measures(text, merges, pattern) == oracle.word_measures(text, merges, pattern)


@given(
    counts=st.lists(st.lists(st.integers(1, 30), min_size=4, max_size=4), min_size=1, max_size=3),
    percent=st.integers(0, 200),
)
def test_fair_vocabularies(counts: list[list[int]], percent: int) -> None:
    """Each language against each other one."""
    named = {str(number): row for number, row in enumerate(counts)}
    assert comparing.smallest_fair_vocabulary(named, percent) == oracle.fair(named, percent)


@given(first=SAMPLES, second=SAMPLES, mix=st.integers(1, 9), context=st.integers(1, 40))
def test_contexts_and_shares(first: oracle.Samples, second: oracle.Samples, mix: int, context: int) -> None:
    """Byte by byte, and percent by percent."""
    shares = {"en": mix, "hi": 3}
    assert comparing.context_bytes(first, shares, context) == oracle.context_bytes(first, shares, context)
    for language in first:
        share = comparing.second_pays_from(first, second, language)
        assert share == oracle.second_pays_from(first, second, language)
