"""What isolation costs: the same submissions graded in a sandbox and in the same process.

python -m grader.bench.isolation [repeats]

With a folder of checks that were passed before, these are asked again, and not run.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path

from grader.bench import interleaved, show
from grader.files import PROJECT
from grader.grading import Options, grade
from grader.isolation import LADDER, SandboxPool, problem
from grader.model import Limits
from grader.proofs import specimen


def main(repeats: int = 5) -> None:
    """Measure whole gradings, then the sandbox's own steps."""
    with tempfile.TemporaryDirectory() as folder:
        path = specimen.compose(specimen.load("reference"), Path(folder) / "reference")
        stubs = Path(folder) / "stubs"
        shutil.copytree(PROJECT / "assignment", stubs / "assignment")
        Path(folder).chmod(0o755)
        for called, each in (("the reference", path), ("untouched stubs", stubs)):
            kinds = {"direct": Options(isolation="none"), **{name: Options(isolation=name) for name in working()}}
            for name in working():
                kinds[f"{name}, with checks that were passed"] = Options(
                    isolation=name, replay=Path(folder) / name
                )
            for options in kinds.values():  # once, so that all have the same forks, and checks are passed
                grade(path, options)
            whole = interleaved({name: partial(grade, each, options) for name, options in kinds.items()}, repeats)
            show(f"Grading {called}", f"medians of {repeats}, interleaved; run in forks", whole)
        for name in working():
            _steps(name, path, 20 * repeats)


def working() -> list[str]:
    """The backends that work here."""
    return [name for name in LADDER if problem(name) is None]


def _steps(name: str, path: Path, repeats: int) -> None:
    def start() -> None:
        pool = SandboxPool(LADDER[name], path)
        with pool.check(Limits()):
            pass
        pool.close()

    pool = SandboxPool(LADDER[name], path)

    def check() -> None:
        with pool.check(Limits()):
            pass

    with pool.check(Limits()) as one:
        vocab = {n: bytes([n]) for n in range(256)}
        tokenizer = one.invoke("bpe.Tokenizer", None, [vocab, []], {}, True)
        steps = interleaved(
            {"a call": lambda: one.invoke("bpe.Tokenizer.encode", tokenizer, ["a"], {}, False)}, repeats
        )
        many = [n % 256 for n in range(250_000)]
        steps |= interleaved(
            {
                "a call with 250,000 integers": lambda: one.invoke(
                    "bpe.Tokenizer.decode", tokenizer, [many], {}, False
                )
            },
            max(repeats // 10, 3),
        )
    steps |= interleaved({"a fresh process for a check": check}, repeats)
    steps |= interleaved({"a fresh sandbox": start}, max(repeats // 10, 3))
    pool.close()
    show(f"Steps of a sandbox, {name}", "ratios to a call", steps)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
