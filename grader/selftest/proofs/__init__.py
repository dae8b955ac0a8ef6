"""Tests of grader/proofs."""
