"""The command `grader`, a file for each group of its commands: arguments in, printed text and exit status out."""

from grader.cli.app import application, main

__all__ = ["application", "main"]
