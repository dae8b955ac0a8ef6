"""Tests of grader/reference."""
