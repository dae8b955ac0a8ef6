"""Tests of grader/isolation."""
