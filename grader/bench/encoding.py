"""How fast encoding and decoding are: the reference and tiktoken, with the same vocabulary, on one core.

python -m grader.bench.encoding [--size-mib 10] [--vocab 10000] [--repeats 5] [--json FILE]

A cold tokenizer has just been made; a warm one has encoded the same text before.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path

import tiktoken

from grader.bench import Findings, exponent, interleaved, texts
from grader.making import english
from grader.oracle import naive_bpe
from grader.reference.bpe import Tokenizer, train_bpe

Merges = list[tuple[bytes, bytes]]


def main(mib: int = 10, vocab_size: int = 10_000, repeats: int = 5, report: Path | None = None) -> None:
    """Measure on documentation and generated English, each with a vocabulary trained on it, and on long words."""
    findings = Findings()
    corpora = {
        f"{mib} MiB of documentation": texts.documentation(mib << 20),
        f"{mib} MiB of generated English": english(mib << 20, seed=1),
    }
    for name, text in corpora.items():
        vocab, merges = _trained(text, vocab_size)
        _compare(findings, name, text, vocab, merges, repeats)
    _long_words(findings, vocab, merges, repeats)
    findings.write(report)


def _compare(
    findings: Findings, name: str, text: str, vocab: dict[int, bytes], merges: Merges, repeats: int
) -> None:
    theirs = tiktoken.Encoding(
        "ours",
        pat_str=naive_bpe.PATTERN.pattern,
        mergeable_ranks={token: identifier for identifier, token in vocab.items()},
        special_tokens={},
    )
    warm = Tokenizer(vocab, merges)
    ids = warm.encode(text)
    findings.fact(f"tiktoken gives the same ids for {name}", ids == theirs.encode_ordinary(text))
    runs: dict[str, Callable[[], object]] = {
        "tiktoken": partial(theirs.encode_ordinary, text),
        "reference, warm": partial(warm.encode, text),
        "reference, cold": lambda: Tokenizer(vocab, merges).encode(text),
        "reference, encode_iterable": lambda: list(warm.encode_iterable(text.splitlines(keepends=True))),
    }
    caption = f"medians of {repeats}, interleaved; ratios to tiktoken {version('tiktoken')}"
    seconds = interleaved(runs, repeats)
    findings.table(f"Encoding {name}", caption, seconds)
    for each, median in seconds.items():
        findings.fact(f"  {each}", len(text.encode()) / median / 1e6, "MB/s")
    decoders = {"tiktoken": partial(theirs.decode, ids), "reference": partial(warm.decode, ids)}
    findings.table(f"Decoding {name}", caption, interleaved(decoders, repeats))


def _long_words(findings: Findings, vocab: dict[int, bytes], merges: Merges, repeats: int) -> None:
    """How time grows with the length of one word."""
    letters = "".join(random.Random(1).choices("etaoinshrdlu", k=400_000))
    tokenizer = Tokenizer(vocab, merges)
    runs = {str(len(letters) // n): partial(tokenizer.encode, letters[: len(letters) // n]) for n in (8, 4, 2, 1)}
    seconds = {int(size): median for size, median in interleaved(runs, repeats).items()}
    findings.fact("reference: time grows as a power of a word's length", exponent(seconds))


def _trained(text: str, size: int) -> tuple[dict[int, bytes], Merges]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "corpus.txt"
        path.write_bytes(text.encode())
        return train_bpe(path, size, [])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m grader.bench.encoding", description=main.__doc__)
    parser.add_argument("--size-mib", type=int, default=10, help="documentation and generated English, in MiB")
    parser.add_argument("--vocab", type=int, default=10_000, help="vocabulary to train to")
    parser.add_argument("--repeats", type=int, default=5, help="runs of each, interleaved")
    parser.add_argument("--json", type=Path, help="write all that was found to this file")
    return parser.parse_args()


if __name__ == "__main__":
    chosen = _arguments()
    main(chosen.size_mib, chosen.vocab, chosen.repeats, chosen.json)
