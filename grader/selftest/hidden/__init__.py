"""Tests of grader/hidden."""
