"""Sandbox backends, the worker that runs inside them, and the wire between."""

from grader.isolation import wire
from grader.isolation.backend import IsolatedBackend, SandboxPool
from grader.isolation.bwrap import bwrap_path
from grader.isolation.forking import Process, Runner
from grader.isolation.groups import places
from grader.isolation.inherited import lowered
from grader.isolation.ladder import BACKENDS, LADDER, choose, problem
from grader.isolation.packages import read_once
from grader.isolation.stubs import is_stub
from grader.isolation.uid import UIDS, locked

__all__ = [
    "BACKENDS",
    "LADDER",
    "UIDS",
    "IsolatedBackend",
    "Process",
    "Runner",
    "SandboxPool",
    "bwrap_path",
    "choose",
    "is_stub",
    "locked",
    "lowered",
    "places",
    "problem",
    "read_once",
    "wire",
]
