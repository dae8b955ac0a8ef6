"""Makes what stands in fixtures/: corpora from seeds, and what the reference answers on them.

python -m grader.making.fixtures            writes them
python -m grader.making.fixtures --check    fails when one is not what would be written
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from grader.files import json_lines
from grader.making import diagrams
from grader.making.corpora import END, documents, english, multilingual
from grader.reference.bpe import Tokenizer, train_bpe
from tests.bpe_examples import FIXTURES, printable

TIES = """\
hot pot hot pot; top dot top dot
bat tab bat tab, abc abb abc abb
aaa aaaa aaa aaaa
été thé été thé, zoo ooz
we'll he'll we'll he'll
10 01 10 01
"""
"""By hand: nearly every pair is as frequent as another, so each tie rule learns other merges."""

SOURCES = {
    "english.txt": ("English-like sentences and paragraphs", "english(60_000, seed=336)"),
    "multilingual.txt": ("eleven scripts, emoji, many kinds of space", "multilingual(40_000, seed=336)"),
    "documents.txt": (
        "English-like documents, each closed by a special token",
        "documents(english(40_000, seed=2026))",
    ),
    "ties.txt": ("words whose pairs are equally frequent", "TIES in grader/making/fixtures.py, by hand"),
}
"""Corpus: what it is, and where it comes from; the calls are those of grader/making/corpora.py."""

TRAININGS = {
    "english": ("english.txt", 500, []),
    "documents": ("documents.txt", 600, [END, "<|pad|>"]),
    "multilingual": ("multilingual.txt", 700, [END]),
    "ties": ("ties.txt", 290, []),
}
"""Name: corpus, vocab_size, special tokens."""

KEPT = {
    "convolutions": "forward and gradient times of 94 convolutions on a V100",
    "recurrent": "forward and gradient times of 53 recurrent layers on a V100",
    "linear": "forward and gradient times of 142 linear layers on a GPU that is not named",
    "products": "times of 27 matrix products on a V100; the transposed ones are those of gradients",
    "transformer": (
        "times of a transformer layer's products in several precisions on a B300 and an H200 NVL, "
        "quantized each time or before"
    ),
    "h100_sxm": "times of 110 operations on an H100, forward and backward, with clocks, power and copies",
    "h200_sxm": "the same on an H200",
    "gpt_training": "tokens per second, MFU and HFU of 77 GPT trainings on H100s, as printed",
}
"""Measured, and not made here: figures of fixtures/timings/, each file naming its source."""

DRAWN = {
    "backward": "forward and backward of two layers",
    "float16": "the bits of three float formats",
    "roofline": "the roofline of an H100",
    "slices": "three views of one storage",
    "strides": "a matrix and its transpose",
}
"""Diagrams of the handout."""

TEXTS = [
    "",
    "hello world",
    f"the end{END}{END} it's  2026\n",
    "naïve 日本語 👩‍💻 e\u0301",
    " \n\n x\r\n",
    f"{END[:8]}",
]


def build() -> dict[str, str]:
    """Every fixture: {path below fixtures/: text}."""
    corpora = {
        "english.txt": english(60_000, seed=336),
        "multilingual.txt": multilingual(40_000, seed=336),
        "documents.txt": documents(english(40_000, seed=2026)),
        "ties.txt": TIES,
    }
    made = {f"corpora/{name}": text for name, text in corpora.items()}
    for name, (corpus, vocab_size, specials) in TRAININGS.items():
        made[f"bpe/{name}.json"] = json_lines(_training(corpus, corpora[corpus], vocab_size, specials))
    made |= {f"timings/{name}.json": (FIXTURES / "timings" / f"{name}.json").read_text("utf-8") for name in KEPT}
    made |= {f"answers/{path.name}": path.read_text("utf-8") for path in (FIXTURES / "answers").iterdir()}
    made |= {f"diagrams/{name}": text for name, text in diagrams.build().items()}
    made["README.md"] = _readme(made)
    return made


def stale(folder: Path = FIXTURES) -> list[str]:
    """Paths that differ from what `build` gives, are missing, or don't belong."""
    wanted = {path: text.encode() for path, text in build().items()}
    have = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return sorted(path for path in wanted.keys() | have.keys() if wanted.get(path) != have.get(path))


def _training(corpus: str, text: str, vocab_size: int, specials: list[str]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, corpus)
        path.write_bytes(text.encode())
        vocab, merges = train_bpe(path, vocab_size, specials)
    tokenizer = Tokenizer(vocab, merges, specials)
    return {
        "corpus": corpus,
        "vocab_size": vocab_size,
        "special_tokens": specials,
        "vocab": [printable(vocab[n]) for n in range(len(vocab))],
        "merges": [[printable(left), printable(right)] for left, right in merges],
        "encodings": [{"text": text, "ids": tokenizer.encode(text)} for text in TEXTS],
    }


def _readme(made: dict[str, str]) -> str:
    rows = []
    for path, text in sorted(made.items()):
        raw = text.encode()
        what, origin = _source(path)
        elsewhere = path.startswith("timings/") and "make gpu" not in origin
        licence = "figures only" if elsewhere else "MIT"
        rows.append(
            f"| {path} | {what} | {origin} | {licence} | {len(raw):,} | `{hashlib.sha256(raw).hexdigest()}` |"
        )
    return (
        "# Fixtures\n\n"
        "Made by `python -m grader.making.fixtures`, but for `answers/`, which\n"
        "`python -m grader.proofs.answers` makes, and `timings/`: those are measured figures, from public\n"
        "tables or by `make gpu`, as each file says. The project's licence (MIT) holds for the rest.\n"
        "Each line of `answers/*.txt` is a call, its right answer, and what known mistakes answer, as Python\n"
        "writes them (see `tests/recorded.py`). Each `bpe/*.json` records one training: the corpus, the\n"
        "arguments, the vocabulary in order of ids and the merges in order, both in GPT-2's printable form, and\n"
        "encodings.\n\n"
        "| file | what | origin | licence | bytes | sha256 |\n|---|---|---|---|---|---|\n" + "\n".join(rows) + "\n"
    )


def _source(path: str) -> tuple[str, str]:
    """What a fixture is and where it comes from, as the README's table says it."""
    folder, name = path.split("/")
    if folder == "corpora":
        what, origin = SOURCES[name]
        return what, origin if "by hand" in origin else f"grader/making/corpora.py: `{origin}`"
    if folder == "diagrams":
        return DRAWN[name.removesuffix(".svg")], "grader/making/diagrams.py"
    if name == "mistakes.json":
        return "known mistakes, and the public checks that each fails", "grader/proofs/answers.py"
    if folder == "answers":
        return f"recorded cases of task {name.removesuffix('.txt')}", "grader/proofs/answers.py"
    if folder == "timings":
        return KEPT[name.removesuffix(".json")], json.loads((FIXTURES / path).read_text("utf-8"))["source"]
    corpus, vocab_size, specials = TRAININGS[name.removesuffix(".json")]
    return f"a training on {corpus} to {vocab_size}, special tokens: {len(specials)}", "grader/reference/bpe.py"


def main() -> None:
    """Write the fixtures, or check them."""
    found = stale()
    if "--check" in sys.argv[1:]:
        sys.exit(f"stale in {FIXTURES}: {', '.join(found)}; run python -m grader.making.fixtures" if found else 0)
    for path, text in build().items():
        target = FIXTURES / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())
    sys.stdout.write(f"wrote {len(build())} files to {FIXTURES}, {len(found)} of them changed\n")


if __name__ == "__main__":
    main()
