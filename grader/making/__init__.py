"""What is generated, and from what: stubs from the reference, corpora from seeds, fixtures and diagrams."""

from grader.making import new_task, stubs
from grader.making.corpora import END, documents, english, multilingual
from grader.making.stubs import REFERENCE

__all__ = ["END", "REFERENCE", "documents", "english", "multilingual", "new_task", "stubs"]
