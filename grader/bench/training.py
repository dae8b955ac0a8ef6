"""How fast training is: the reference, Hugging Face's tokenizers and rustbpe on the same text, and the plain way.

python -m grader.bench.training [MiB] [vocab_size] [repeats]

The others break ties in ways of their own, so their merges differ; the work is the same.
"""

from __future__ import annotations

import os
import pydoc_data.topics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import rustbpe
import tokenizers

from grader.bench import interleaved, show
from grader.corpora import english
from grader.oracle import naive_bpe
from grader.reference.bpe import train_bpe


def main(mib: int = 10, vocab_size: int = 10_000, repeats: int = 3) -> None:
    """Measure on generated English, on Python's own documentation, and on a page for the plain way."""
    generated = english(mib << 20, seed=1)
    topics = "\n\n".join(pydoc_data.topics.topics.values())
    caption = f"{os.cpu_count()} cores, medians of {repeats}, interleaved; each as parallel as it comes"
    with tempfile.TemporaryDirectory() as folder:
        for name, text, size in (
            (f"{mib} MiB of generated English", generated, vocab_size),
            (f"{len(topics) / 2**20:.1f} MiB of Python's documentation", topics, min(vocab_size, 5_000)),
        ):
            show(
                f"Training on {name} to {size:,}",
                caption,
                interleaved(_candidates(Path(folder), text, size), repeats),
            )
        page = topics[:65_536]
        path = _file(Path(folder), page)
        plain: dict[str, Callable[[], object]] = {
            "reference": lambda: train_bpe(path, 500, []),
            "the plain way": lambda: naive_bpe.train_bpe(path, 500, []),
        }
        show("Training on 64 KiB to 500", caption, interleaved(plain, repeats))


def _candidates(folder: Path, text: str, size: int) -> dict[str, Callable[[], object]]:
    path = _file(folder, text)
    paragraphs = text.split("\n\n")
    return {
        "reference": lambda: train_bpe(path, size, []),
        "HF tokenizers": lambda: _hugging_face(paragraphs, size),
        "rustbpe": lambda: rustbpe.Tokenizer().train_from_iterator(
            iter(paragraphs), vocab_size=size, pattern=naive_bpe.PATTERN.pattern
        ),
    }


def _hugging_face(paragraphs: list[str], size: int) -> object:
    trained = tokenizers.Tokenizer(tokenizers.models.BPE())
    trained.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    alphabet = tokenizers.pre_tokenizers.ByteLevel.alphabet()
    trainer = tokenizers.trainers.BpeTrainer(vocab_size=size, show_progress=False, initial_alphabet=alphabet)
    trained.train_from_iterator(paragraphs, trainer)
    return trained


def _file(folder: Path, text: str) -> Path:
    path = folder / f"{len(text)}.txt"
    path.write_bytes(text.encode())
    return path


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
