"""Tests of grader/delivery."""
