"""Mutation testing: the reference with one small mistake at a time, held against the checks."""

from grader.proofs.mutation.campaigns import Row, campaign
from grader.proofs.mutation.mutants import modules
from grader.proofs.mutation.trial import Trial

__all__ = ["Row", "Trial", "campaign", "modules"]
