"""Sandbox backends, the worker that runs inside them, and the wire between."""
