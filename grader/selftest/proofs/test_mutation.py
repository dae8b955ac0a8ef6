"""Mutants are what they say, and a campaign tells which of them the checks catch."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.files import PROJECT
from grader.proofs.mutation import campaigns
from grader.proofs.mutation.campaigns import Equivalent, equivalents, is_equivalent, recorded, suite
from grader.proofs.mutation.mutants import Mutant, modules, mutants, tasks_of
from grader.proofs.mutation.trial import Trial
from tests.harness.tasks import TASKS

SOURCE = '''"""A module."""
from itertools import pairwise


def longest(values: list[int], *, least: int = 3) -> int | None:
    """The longest of some values."""
    if not values:
        raise ValueError("no values")
    return max(b - a for a, b in zip(values, values[1:], strict=False) if b < least)
'''


@pytest.fixture
def small(tmp_path: Path) -> list[Mutant]:
    """The mutants of a small module."""
    (tmp_path / "small.py").write_text(SOURCE, encoding="utf-8")
    return mutants("small", tmp_path)


def test_a_mutant_changes_one_place(small: list[Mutant]) -> None:
    """Conditions, operators, numbers and arguments; each compiles, is another program, and says where it is."""
    changes = {(mutant.before, mutant.after) for mutant in small}
    assert ("if not values:", "if False:") in changes
    assert ("if not values:", "if values:") in changes
    last = "return max(b - a for a, b in zip(values, values[1:], strict=False) if b < least)"
    assert (last, last.replace("b - a", "b + a")) in changes
    assert (last, last.replace("b < least", "b <= least")) in changes
    assert {mutant.function for mutant in small} == {"longest"}
    assert len({mutant.key for mutant in small}) == len(small) == len({mutant.code for mutant in small})
    assert small[0].diff.startswith(f"- {small[0].before}")


def test_what_no_check_could_see_is_left_alone(small: list[Mutant]) -> None:
    """Annotations, docstrings, wording of errors, and the assertion strict=."""
    for mutant in small:
        assert '"""The longest of some values."""' in mutant.code
        assert "-> int | None" in mutant.code
        assert '"no values"' in mutant.code or "ValueError(None)" in mutant.code
        assert "strict=True" not in mutant.code


def test_a_module_knows_its_tasks() -> None:
    """By its own name, or by the modules that import it; all tasks have a module."""
    assert tasks_of("_pretokens") == tasks_of("bpe") == ("1.2",)
    assert tasks_of("floats") == ("2.3", "2.5")
    assert {task for module in modules() for task in tasks_of(module)} == set(TASKS)
    with pytest.raises(UsageError, match="no module 'nowhere'"):
        tasks_of("nowhere")


def test_entries_are_complete_and_about_mutants(small: list[Mutant], monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry is matched by its content, needs a reason, and names a mutant that there is."""
    first = small[0]
    entry = Equivalent("small", "longest", first.before, (first.after,), "It is the same.")
    assert is_equivalent(first, [entry])
    assert sum(is_equivalent(mutant, [entry]) for mutant in small) == 1
    monkeypatch.setattr(campaigns, "equivalents", lambda: [Equivalent("errata", "size_bytes", "x", ("y",), "No.")])
    with pytest.raises(UsageError, match="that there is not: 'y'"):
        campaigns.campaign(["errata"], None, 1, lambda *_: None)
    assert all(len(entry.reason.split()) > 3 for entry in equivalents())


def test_an_incomplete_entry_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing reason is an error."""
    path = tmp_path / "mutants.toml"
    path.write_text(
        '[[equivalent]]\nmodule = "a"\nfunction = "f"\nbefore = "x"\nafter = ["y"]\n', encoding="utf-8"
    )
    monkeypatch.setattr(campaigns, "EQUIVALENT", path)
    with pytest.raises(UsageError, match="reason"):
        equivalents()


def test_a_survivor_is_tried_again_when_the_checks_have_changed(tmp_path: Path) -> None:
    """What was caught stays caught; of survivors, those of these very checks count. The last word counts."""
    path = tmp_path / "results.jsonl"
    lines = [
        ("old", "a", "survived"),
        ("old", "b", "caught"),
        (suite(), "c", "survived"),
        ("old", "d", "survived"),
    ]
    lines.append((suite(), "d", "caught"))
    rows = [
        {"module": "m", "function": "f", "diff": "", "by": "", "wall_s": 1.0}
        | dict(zip(("suite", "key", "outcome"), line, strict=True))
        for line in lines
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert {key: trial.outcome for key, trial in recorded(path).items()} == {
        "b": "caught",
        "c": "survived",
        "d": "caught",
    }
    assert recorded(tmp_path / "none.jsonl") == {}


TRY = """
import json, sys
from pathlib import Path
from grader.proofs.mutation import trial
from grader.proofs.mutation.mutants import Mutant
trial.GRACE_S = 8.0
trial.SLOWER = 1
source = Path("grader/reference/utilization.py").read_text(encoding="utf-8")
codes = {
    "same": source,
    "wrong": source.replace("return 6 * parameters", "return 7 * parameters"),
    "endless": source + "\\nwhile True: pass\\n",
    "greedy": source + "\\nx = bytes(64 * 2**30)\\n",
    "gone": source + "\\nimport os; os._exit(0)\\n",
}
trials = trial.Trials(("5.3",), 2)
made = [Mutant("utilization", name, "", "", 0, code) for name, code in codes.items()]
trials.run(made, lambda t: print(json.dumps([t.function, t.outcome, t.by])))
"""


def test_a_trial_tells_what_became_of_a_mutant() -> None:
    """Survived, caught and by which check; without end, without a word, or with too much memory: caught, too."""
    run = subprocess.run([sys.executable, "-c", TRY], capture_output=True, text=True, cwd=PROJECT, check=True)
    found = {name: (outcome, by) for name, outcome, by in map(json.loads, run.stdout.splitlines())}
    assert found["same"] == ("survived", "")
    assert found["wrong"][0] == "caught"
    assert found["wrong"][1].startswith("5.3/")
    assert found["endless"] == ("hangs", "")
    assert found["gone"][0] == "caught"
    assert found["greedy"][0] == "caught"


@pytest.mark.thorough  # half a minute
def test_a_campaign_goes_on_where_it_was(tmp_path: Path) -> None:
    """The command tries all mutants of a module, and the second time only those whose results are not there."""
    record, page = tmp_path / "results.jsonl", tmp_path / "page.html"
    command = [sys.executable, "-m", "grader", "mutate", "--module", "utilization", "--resume", str(record)]
    first = subprocess.run([*command, "--html", str(page)], capture_output=True, text=True, cwd=PROJECT)
    assert first.returncode == 0, first.stdout + first.stderr
    assert "mutation score 100.0%" in first.stdout
    lines = record.read_text(encoding="utf-8").splitlines()
    assert {json.loads(line)["outcome"] for line in lines} <= {"caught", "hangs"}
    assert "utilization" in page.read_text(encoding="utf-8")
    record.write_text("\n".join(lines[:-3]) + "\n", encoding="utf-8")
    again = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT)
    assert again.returncode == 0
    assert sorted(json.loads(line)["key"] for line in record.read_text(encoding="utf-8").splitlines()) == sorted(
        json.loads(line)["key"] for line in lines
    )


def test_outcomes_are_told_apart() -> None:
    """A fault of the checks' own is no catch."""
    assert Trial("k", "m", "f", "", "hangs", "", 1.0).caught
    assert not Trial("k", "m", "f", "", "fault", "1.1/x", 1.0).caught
