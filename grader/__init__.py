"""The instructor's side: grades a submission out of the reach of its author."""

__version__ = "0.2.0"
