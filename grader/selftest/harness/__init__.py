"""Tests of the harness that students' tests share."""
