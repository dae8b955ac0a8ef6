"""Tests of classes: what is collected, stored, graded and computed."""
