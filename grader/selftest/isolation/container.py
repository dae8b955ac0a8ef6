"""Runs a command as most containers do: as root, with few capabilities, and refused whatever makes namespaces.

python -m grader.selftest.isolation.container COMMAND...
"""

from __future__ import annotations

import errno
import os
import sys
import tempfile

import pyseccomp

from grader.isolation.inside.confine import PR_SET_NO_NEW_PRIVS, load_filter, prctl
from grader.isolation.syscalls import NAMESPACES

PR_CAPBSET_DROP = 24
KEPT = {0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31}
"""Docker's default capabilities: no SYS_ADMIN, SYS_PTRACE, DAC_READ_SEARCH and the like."""

REFUSED = "unshare setns mount umount2 pivot_root ptrace process_vm_readv keyctl add_key bpf perf_event_open"


def main() -> None:
    """Give up what a container has not, and become the command."""
    for capability in set(range(41)) - KEPT:
        prctl(PR_CAPBSET_DROP, capability)
    wanted = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    for name in REFUSED.split():
        wanted.add_rule(pyseccomp.ERRNO(errno.EPERM), name)
    wanted.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    for bit in (1 << n for n in range(32) if NAMESPACES >> n & 1):
        wanted.add_rule(pyseccomp.ERRNO(errno.EPERM), "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, bit, bit))
    with tempfile.TemporaryFile() as file:
        wanted.export_bpf(file)
        file.seek(0)
        prctl(PR_SET_NO_NEW_PRIVS, 1)
        load_filter(file.read())
    os.execvp(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
