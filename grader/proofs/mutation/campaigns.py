"""A campaign of mutation testing: which mutants are tried, what became of each, and the score.

Results are lines of JSON, one for each mutant, written as they come: a campaign that was stopped goes on where it
was. A mutant that has survived is tried again when the checks have changed.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from grader.errors import UsageError
from grader.files import PROJECT
from grader.proofs.mutation.mutants import Mutant, mutants, tasks_of
from grader.proofs.mutation.trial import Trial, Trials

EQUIVALENT = Path(__file__).parents[1] / "mutants.toml"


@dataclass(frozen=True, slots=True)
class Row:
    """The counts of one module. `score` is the share of mutants caught, equivalent ones left out."""

    module: str
    mutants: int
    equivalent: int
    caught: int
    hung: int
    survivors: tuple[Trial, ...]

    @property
    def score(self) -> float:
        """1.0 when there is nothing to catch."""
        all_ = self.mutants - self.equivalent
        return self.caught / all_ if all_ else 1.0


def suite() -> str:
    """A hash of all checks, and of what they import beside the reference."""
    held = hashlib.sha256()
    for folder in ("tests", "grader/hidden", "grader/oracle"):
        for path in sorted((PROJECT / folder).rglob("*.py")):
            held.update(path.read_bytes())
    return held.hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Equivalent:
    """Mutants of some lines that no check can tell from the original by what the handout asks, and why."""

    module: str
    function: str
    before: str
    after: tuple[str, ...]
    reason: str

    def covers(self, mutant: Mutant) -> bool:
        """Whether the mutant is one of them."""
        where = (mutant.module, mutant.function, mutant.before)
        return where == (self.module, self.function, self.before) and mutant.after in self.after


def equivalents() -> list[Equivalent]:
    """The entries of mutants.toml.

    Raises:
        UsageError: an entry lacks a field, or has one that is not known; the message shows it.
    """
    data = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8")).get("equivalent", [])
    fields = set(Equivalent.__dataclass_fields__)
    for entry in data:
        if set(entry) != fields or not entry["reason"]:
            raise UsageError(
                f"{EQUIVALENT.name} has an entry without all of {', '.join(sorted(fields))}: {entry!r}"
            )
    return [Equivalent(**entry | {"after": tuple(entry["after"])}) for entry in data]


def is_equivalent(mutant: Mutant, entries: Iterable[Equivalent]) -> bool:
    """Whether an entry says so."""
    return any(entry.covers(mutant) for entry in entries)


def recorded(path: Path | None) -> dict[str, Trial]:
    """The results in a file, by key, that still hold: what was caught, and survivors of these very checks."""
    if path is None or not path.exists():
        return {}
    found: dict[str, Trial] = {}
    held = suite()
    for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
        data = json.loads(line)
        same = data.pop("suite") == held
        trial = Trial(**data)
        found.pop(trial.key, None)
        if same or trial.caught:
            found[trial.key] = trial
    return found


def campaign(
    names: Sequence[str], record: Path | None, jobs: int, progress: Callable[[int, int, str], None]
) -> list[Row]:
    """Try the mutants of some modules, and count.

    Raises:
        UsageError: a module or an entry of mutants.toml is unknown; the message names it.
        GraderFault: the reference itself loses a check.
    """
    entries, known, held = equivalents(), recorded(record), suite()
    made = {name: mutants(name) for name in names}
    _need_all(entries, made)
    total, done = sum(map(len, made.values())), 0
    rows = []
    for name, all_ in made.items():
        left = [mutant for mutant in all_ if mutant.key not in known and not is_equivalent(mutant, entries)]
        done += len(all_) - len(left)
        progress(done, total, name)

        def note(trial: Trial) -> None:
            nonlocal done
            known[trial.key] = trial
            done += 1
            _append(record, held, trial)
            progress(done, total, f"{trial.module}.{trial.function}")

        if left:
            Trials(tasks_of(name), jobs).run(left, note)
        rows.append(_row(name, all_, entries, known))
    return rows


def _need_all(entries: list[Equivalent], made: dict[str, list[Mutant]]) -> None:
    """Every entry of these modules is about mutants that there are."""
    for entry in entries:
        covered = {mutant.after for mutant in made.get(entry.module, []) if entry.covers(mutant)}
        for after in set(entry.after) - covered if entry.module in made else ():
            raise UsageError(f"{EQUIVALENT.name} lists a mutant of {entry.module} that there is not: {after!r}")


def _append(record: Path | None, held: str, trial: Trial) -> None:
    if record is not None:
        with record.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"suite": held, **asdict(trial)}, ensure_ascii=False) + "\n")


def _row(name: str, all_: list[Mutant], entries: list[Equivalent], known: dict[str, Trial]) -> Row:
    live = [known[mutant.key] for mutant in all_ if not is_equivalent(mutant, entries)]
    hung = sum(trial.outcome == "hangs" for trial in live)
    caught = sum(trial.caught for trial in live)
    return Row(name, len(all_), len(all_) - len(live), caught, hung, tuple(t for t in live if not t.caught))
