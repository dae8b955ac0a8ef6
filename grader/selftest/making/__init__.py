"""Tests of grader/making."""
