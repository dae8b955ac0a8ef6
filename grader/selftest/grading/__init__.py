"""Tests of grader/grading."""
