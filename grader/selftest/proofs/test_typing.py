"""At most 10 points are had by typing: by functions that are formulas and tables which the handout prints.

`specimens/typed_off/` is such a submission. What it earns stands here, check by check, so that a check which
becomes one of typing is seen. It types no function of the tasks that are not below, since their
chapters print no formula or table that is one of their answers.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader.grading import Options, grade
from grader.making import stubs
from grader.model import Report
from tests.harness.tasks import TOTAL

MOST = 10
"""Points of 100."""

TYPED = {
    "2.1": ("bits_of_common_dtypes", "every_dtype"),
    "2.4": ("adamw_with_mixed_precision_takes_16_bytes", "every_recipe_and_optimizer"),
    "2.5": ("what_mixed_precision_keeps_in_what", "every_tensor_of_every_recipe"),
    "4.1": ("a_matrix_product_is_2bdk",),
    "4.2": ("each_gradient_of_two_layers", "two_layers_of_any_size"),
    "4.3": (
        "the_rule_for_gpt_3",
        "the_rule_for_any_model",
        "attention_of_gpt_2_small",
        "attention_is_12_layers_width_length",
    ),
    "4.5": (
        "peaks_are_dense_or_sparse",
        "every_peak_of_the_table",
        "eight_gpus_for_a_week",
        "clusters_of_any_size",
    ),
    "4.6": ("bytes_of_a_product", "bytes_of_any_product"),
    "5.2": ("each_pass_has_its_own_median",),
    "5.3": (
        "the_printed_mfu_of_trainings_on_h100s",
        "the_mfu_of_any_training",
        "the_printed_hfu_of_trainings_on_h100s",
        "the_hfu_of_any_training",
    ),
    "5.4": (
        "backward_is_not_twice_forward_in_time",
        "ratios_of_any_times",
        "spreads_of_any_ratios",
        "the_printed_rate_of_convolutions",
        "a_recurrent_layer_is_far_below_the_peak",
        "flops_of_all_recorded_layers",
    ),
    "5.5": ("a_week_of_eight_h100s", "a_week_of_any_cluster"),
}
"""Checks that are passed by typing, of each task."""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """What becomes of the submission; a function that is not typed is a stub."""
    folder = tmp_path_factory.mktemp("typed") / "assignment"
    folder.mkdir()
    for name, text in stubs.build().items():
        typed = Path(__file__).with_name("specimens") / "typed_off" / name
        (folder / name).write_text(text + (typed.read_text("utf-8") if typed.exists() else ""), encoding="utf-8")
    shutil.make_archive(str(folder.parent / "submission"), "zip", folder.parent, "assignment")
    return grade(folder.parent / "submission.zip", Options(tuple(TYPED), isolation="none"))


def test_these_checks_are_passed_by_typing(report: Report) -> None:
    """And no others."""
    passed = {check.id for check in report.checks if check.verdict.earns}
    assert passed == {f"{task}/{name}" for task, names in TYPED.items() for name in names}


def test_typing_is_worth_a_tenth_at_most(report: Report) -> None:
    """Of all that the usual tasks are worth."""
    assert sum(check.points for check in report.checks) <= MOST == TOTAL / 10
