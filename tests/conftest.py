"""Loads the harness, so that plain `pytest` works in a fresh clone."""

pytest_plugins = ["tests.harness.plugin"]
