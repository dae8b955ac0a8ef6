"""How fast training is: the reference, Hugging Face's tokenizers and rustbpe on the same text, and the plain way.

python -m grader.bench.training [--size-mib 10] [--vocab 10000] [--repeats 3]

Every one gets the same documents, and so the same pre-tokens, and learns the same number of merges. The
others break ties in ways of their own, so their merges differ; the work is the same.
"""

from __future__ import annotations

import argparse
import os
import platform
import pydoc_data.topics
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import rustbpe
import tokenizers

from grader.bench import interleaved, show
from grader.making import END, documents, english
from grader.oracle import naive_bpe
from grader.reference.bpe import train_bpe

PAGE_BYTES = 65_536
"""What the plain way can be asked to read."""


class Watched:
    """A candidate that also notes how many cores it keeps busy: CPU seconds per second of wall time.

    Threads count, and so do child processes that were waited for (where the system reports them).
    """

    def __init__(self, run: Callable[[], object]) -> None:
        self._run = run
        self._cpu_s = self._wall_s = 0.0

    def __call__(self) -> None:
        """Run it once, on the clock."""
        cpu_s, wall_s = sum(os.times()[:4]), time.perf_counter()
        self._run()
        self._cpu_s += sum(os.times()[:4]) - cpu_s
        self._wall_s += time.perf_counter() - wall_s

    @property
    def cores(self) -> float:
        """Cores kept busy on average, over all runs so far."""
        return self._cpu_s / self._wall_s


def main(mib: int = 10, vocab_size: int = 10_000, repeats: int = 3) -> None:
    """Measure on generated English, on Python's own documentation, and on a page for the plain way."""
    topics = "\n\n".join(pydoc_data.topics.topics.values())
    corpora = [
        (f"{mib} MiB of generated English", english(mib << 20, seed=1), vocab_size),
        (f"{len(topics.encode()) / 2**20:.1f} MiB of Python's documentation", topics, min(vocab_size, 5_000)),
    ]
    with tempfile.TemporaryDirectory() as folder:
        for name, text, size in corpora:
            note = "HF tokenizers and rustbpe break ties in other ways than the reference: same work, other merges"
            _compare(f"Training on {name} to {size:,}", note, _libraries(Path(folder), text, size), repeats)
        page = _file(Path(folder), english(PAGE_BYTES, seed=2))
        _compare("Training on 64 KiB to 500", "both give the same merges", _ours(page, 500), repeats)


def _compare(title: str, note: str, candidates: dict[str, Callable[[], object]], repeats: int) -> None:
    watched = {name: Watched(run) for name, run in candidates.items()}
    seconds = interleaved(watched, repeats)
    libraries = ", ".join(f"{name} {version(name)}" for name in ("regex", "tokenizers", "rustbpe"))
    caption = (
        f"medians of {repeats}, interleaved in one process; ratios to the reference; {note}; "
        f"{os.cpu_count()} cores, each as parallel as it comes (cores busy: CPU time / wall time); "
        f"Python {platform.python_version()}, {libraries}"
    )
    rows = {f"{name} ({watched[name].cores:.1f} cores busy)": median for name, median in seconds.items()}
    show(title, caption, rows)


def _libraries(folder: Path, text: str, size: int) -> dict[str, Callable[[], object]]:
    """The reference meets documents as text between special tokens, the others as strings."""
    path = _file(folder, documents(text))
    pieces = text.split("\n\n")
    return {
        "reference": lambda: train_bpe(path, size + 1, [END]),  # the special token has an id too
        "HF tokenizers": lambda: _hugging_face(pieces, size),
        "rustbpe": lambda: _rust(pieces, size),
    }


def _ours(path: Path, size: int) -> dict[str, Callable[[], object]]:
    return {
        "reference": lambda: train_bpe(path, size, []),
        "the plain way": lambda: naive_bpe.train_bpe(path, size, []),
    }


def _hugging_face(pieces: list[str], size: int) -> tokenizers.Tokenizer:
    """A tokenizer of Hugging Face, trained on documents; its ByteLevel splits by GPT-2's pattern."""
    trained = tokenizers.Tokenizer(tokenizers.models.BPE())
    trained.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    alphabet = tokenizers.pre_tokenizers.ByteLevel.alphabet()
    trainer = tokenizers.trainers.BpeTrainer(vocab_size=size, show_progress=False, initial_alphabet=alphabet)
    trained.train_from_iterator(pieces, trainer)
    return trained


def _rust(pieces: list[str], size: int) -> rustbpe.Tokenizer:
    """A tokenizer of rustbpe, trained on documents with GPT-2's pattern."""
    trained = rustbpe.Tokenizer()
    trained.train_from_iterator(iter(pieces), vocab_size=size, pattern=naive_bpe.PATTERN.pattern)
    return trained


def _file(folder: Path, text: str) -> Path:
    path = folder / f"{len(text)}.txt"
    path.write_bytes(text.encode())
    return path


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m grader.bench.training", description=main.__doc__)
    parser.add_argument("--size-mib", type=int, default=10, help="generated English, in MiB")
    parser.add_argument("--vocab", type=int, default=10_000, help="vocabulary to train to")
    parser.add_argument("--repeats", type=int, default=3, help="trainings of each, interleaved")
    return parser.parse_args()


if __name__ == "__main__":
    chosen = _arguments()
    main(chosen.size_mib, chosen.vocab, chosen.repeats)
