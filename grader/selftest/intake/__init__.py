"""Tests of grader/intake."""
