"""How fast training is: the reference, Hugging Face's tokenizers and rustbpe on the same file, and the plain way.

python -m grader.bench.training [--size-mib 10] [--vocab 10000] [--repeats 3] [--large-mib 100] [--json FILE]

Every one gets the same documents, and so the same pre-tokens, and learns the same number of merges. The others
break ties in ways of their own. So does the reference when it is told to, and must then learn the same merges.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib.metadata import version
from itertools import count
from pathlib import Path

import rustbpe
import tokenizers

from grader.bench import Findings, exponent, interleaved, memory, texts
from grader.making import END, documents, english
from grader.oracle import naive_bpe
from grader.reference._merging import learn_merges
from grader.reference._pretokens import count_pre_tokens
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


def reference(path: Path, size: int) -> list[tuple[bytes, bytes]]:
    """The merges that the reference learns from documents in a file; the special token between them has an id."""
    return train_bpe(path, size + 1, [END])[1]


def hugging_face(path: Path, size: int) -> list[tuple[bytes, bytes]]:
    """Those of Hugging Face's trainer; its ByteLevel splits by GPT-2's pattern."""
    trained = tokenizers.Tokenizer(tokenizers.models.BPE())
    level = tokenizers.pre_tokenizers.ByteLevel
    trained.pre_tokenizer = level(add_prefix_space=False, use_regex=True)
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=size, show_progress=False, initial_alphabet=level.alphabet()
    )
    trained.train_from_iterator(_documents(path), trainer)
    merges = json.loads(trained.to_str())["model"]["merges"]
    return [(_from_printable(left), _from_printable(right)) for left, right in merges]


def rust(path: Path, size: int) -> list[bytes]:
    """The tokens that rustbpe's merges give."""
    trained = rustbpe.Tokenizer()
    trained.train_from_iterator(_documents(path), vocab_size=size, pattern=naive_bpe.PATTERN.pattern)
    return [bytes(token) for token, _ in sorted(trained.get_mergeable_ranks(), key=lambda pair: pair[1])][256:]


CANDIDATES = {"reference": reference, "HF tokenizers": hugging_face, "rustbpe": rust}


def main(
    mib: int = 10, vocab_size: int = 10_000, repeats: int = 3, large_mib: int = 0, report: Path | None = None
) -> None:
    """Measure on documentation, generated English, pages, odd texts and, if asked for, a large file."""
    findings = Findings()
    with tempfile.TemporaryDirectory() as folder:
        docs = _file(Path(folder) / "docs", documents(texts.documentation(mib << 20)))
        made = _file(Path(folder) / "english", documents(english(mib << 20, seed=1)))
        page = _file(Path(folder) / "page", english(PAGE_BYTES, seed=2))
        short = _file(Path(folder) / "short", documents(english(133_000, seed=2)))
        for name, path, size in [
            (f"{docs.stat().st_size / 2**20:.0f} MiB of documentation", docs, vocab_size),
            (f"{mib} MiB of generated English", made, vocab_size),
            ("133 KB of generated English", short, 500),
        ]:
            runs = {called: partial(train, path, size) for called, train in CANDIDATES.items()}
            _compare(findings, f"Training on {name} to {size:,}", runs, repeats)
            _identical(findings, name, path, size)
        plain = {
            "reference": lambda: train_bpe(page, 500, []),
            "plain": lambda: naive_bpe.train_bpe(page, 500, []),
        }
        _compare(findings, "Training on 64 KiB to 500; both give the same merges", plain, repeats)
        _odd(findings, Path(folder), vocab_size, repeats)
        _growth(findings, Path(folder), docs, vocab_size, repeats)
        if large_mib:
            _large(findings, Path(folder), large_mib)
    findings.write(report)


def _compare(findings: Findings, title: str, runs: Mapping[str, Callable[[], object]], repeats: int) -> None:
    watched = {name: Watched(run) for name, run in runs.items()}
    seconds = interleaved(watched, repeats)
    libraries = ", ".join(f"{name} {version(name)}" for name in ("numpy", "regex", "tokenizers", "rustbpe"))
    caption = (
        f"medians of {repeats}, interleaved in one process; ratios to the reference; "
        f"{os.cpu_count()} cores, each as parallel as it comes (cores busy: CPU time / wall time); "
        f"Python {platform.python_version()}, {libraries}"
    )
    rows = {f"{name} ({watched[name].cores:.1f} cores busy)": median for name, median in seconds.items()}
    findings.table(title, caption, rows)


def _identical(findings: Findings, name: str, path: Path, size: int) -> None:
    """Whether the reference, with the tie rule of each of the others, learns their merges to the last one."""
    words = count_pre_tokens(path, [END])
    alphabet = sorted(map(naive_bpe.printable, (bytes([byte]) for byte in range(256))))
    by_letter = {_from_printable(letter): rank for rank, letter in enumerate(alphabet)}
    theirs = learn_merges(words, size - 256, smallest_ids(by_letter.__getitem__))
    findings.fact(f"HF tokenizers learns the same merges from {name}", theirs == hugging_face(path, size))
    joined = [left + right for left, right in learn_merges(words, size - 256, smallest_ids(ord))]
    findings.fact(f"rustbpe learns the same merges from {name}", joined == rust(path, size))


def smallest_ids(of_byte: Callable[[bytes], int]) -> Callable[[bytes], int]:
    """The tie rule of HF, rustbpe, bpeasy and gigatoken: smallest ids first. They differ in the ids of bytes."""
    later = count(256)
    return lambda token: of_byte(token) if len(token) == 1 else next(later)


def _odd(findings: Findings, folder: Path, size: int, repeats: int) -> None:
    """Texts of one word may take some times longer than ordinary ones."""
    paths = {name: _file(folder / name, text) for name, text in texts.odd(10**6).items()}
    seconds = interleaved({name: partial(train_bpe, path, size, []) for name, path in paths.items()}, repeats)
    findings.table(f"The reference on 1 MB to {size:,}", "ratios to ordinary text", seconds)


def _growth(findings: Findings, folder: Path, docs: Path, most: int, repeats: int) -> None:
    """How time grows with the bytes and with the vocabulary."""
    data = docs.read_bytes()
    cuts = {
        len(data) // parts: _file(folder / f"part{parts}", data[: len(data) // parts]) for parts in (8, 4, 2, 1)
    }
    for name, train in CANDIDATES.items():
        runs = {str(n): partial(train, path, most) for n, path in cuts.items()}
        sizes = {str(n): partial(train, docs, n) for n in (most // 8, most // 4, most // 2, most)}
        for what, candidates in (("bytes", runs), ("vocabulary", sizes)):
            seconds = {int(n): s for n, s in interleaved(candidates, repeats).items()}
            findings.fact(f"{name}: time grows as a power of {what}", exponent(seconds))


def _large(findings: Findings, folder: Path, mib: int) -> None:
    """A large file of Python, each candidate in a process of its own, with its memory and that of its children."""
    path = _file(folder / "large", documents(texts.python(mib << 20)))
    for size in (10_000, 32_000):
        taken = {name: _alone(train.__name__, path, size) for name, train in CANDIDATES.items()}
        caption = "one run of each, from start to end of a process; ratios to the reference"
        title = f"Training on {path.stat().st_size >> 20} MiB of Python to {size:,}"
        findings.table(title, caption, {name: seconds for name, (seconds, _) in taken.items()})
        for name, (_, peak) in taken.items():
            findings.fact(f"{name}: memory at most", peak / 2**20, "MiB")
        _identical(findings, f"{mib} MiB of Python to {size:,}", path, size)


def _alone(train: str, path: Path, size: int) -> tuple[float, int]:
    """Seconds that a training takes in a process of its own, and the most bytes that it and its children hold."""
    code = (
        f"import pathlib; from grader.bench import training; training.{train}(pathlib.Path({str(path)!r}), {size})"
    )
    start, peak = time.perf_counter(), 0
    with subprocess.Popen([sys.executable, "-c", code]) as process:
        while process.poll() is None:
            peak = max(peak, memory(process.pid))
            time.sleep(0.1)
    return time.perf_counter() - start, peak


def _documents(path: Path) -> Iterator[str]:
    """The documents of a file, which is read in blocks."""
    rest = ""
    with path.open(encoding="utf-8", newline="") as file:
        while block := file.read(2**20):
            *whole, rest = (rest + block).split(END)
            yield from whole
    yield rest


def _from_printable(text: str) -> bytes:
    return bytes(_BYTE_OF[letter] for letter in text)


_BYTE_OF = {letter: byte for byte, letter in naive_bpe.BYTE_TO_CHAR.items()}


def _file(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m grader.bench.training", description=main.__doc__)
    parser.add_argument("--size-mib", type=int, default=10, help="documentation and generated English, in MiB")
    parser.add_argument("--vocab", type=int, default=10_000, help="vocabulary to train to")
    parser.add_argument("--repeats", type=int, default=3, help="trainings of each, interleaved")
    parser.add_argument("--large-mib", type=int, default=0, help="also a file of Python that is so large")
    parser.add_argument("--json", type=Path, help="write all that was found to this file")
    return parser.parse_args()


if __name__ == "__main__":
    chosen = _arguments()
    main(chosen.size_mib, chosen.vocab, chosen.repeats, chosen.large_mib, chosen.json)
