"""The filter of system calls for checks: allowed is what neither reaches out of a sandbox nor outlives a check.

Refused are: sockets to anywhere, other processes' memory, namespaces and mounts, objects of the kernel that
stay when their process is gone, ways around such a filter, and memory that no limit counts. It is compiled here
by libseccomp, and loaded by each check's process.

Source: the system calls' manual pages.
"""

from __future__ import annotations

import errno
import socket
import tempfile
from functools import cache

from grader.errors import IsolationUnavailable
from grader.isolation.inside.confine import PR_SET_DUMPABLE

REFUSED = (
    "ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd "
    "unshare setns mount umount2 pivot_root chroot "
    "open_tree move_mount fsopen fsconfig fsmount fspick mount_setattr "
    "shmget shmat shmctl msgget msgsnd msgrcv msgctl semget semop semtimedop semctl mq_open mq_unlink "
    "keyctl add_key request_key "
    "io_uring_setup io_uring_enter io_uring_register bpf userfaultfd perf_event_open fanotify_init "
    "memfd_create memfd_secret vmsplice name_to_handle_at open_by_handle_at "
    "init_module finit_module delete_module kexec_load kexec_file_load reboot swapon swapoff acct quotactl syslog "
    "settimeofday clock_settime clock_adjtime adjtimex sethostname setdomainname "
    "iopl ioperm modify_ldt personality "
    "setxattr lsetxattr fsetxattr"
).split()
"""They fail with EPERM."""

NAMESPACES = 0x7E020000
"""The bits of clone(2) that make namespaces: user, pid, net, ipc, uts, cgroup and mount."""

SHARED_ANONYMOUS = 0x21
"""Flags of mmap(2) for memory that is shared, but no file's: no limit counts it once it is not mapped in."""

BUFFER_SIZES = (7, 8, 32, 33)
"""Options of a socket (SO_SNDBUF, SO_RCVBUF, and what forces them): what waits in it counts as nobody's memory."""

NEWER = range(463, 520)
"""Numbers of system calls that came after Linux 6.12, or are going to: nobody has looked at them here."""


@cache
def program(unix_sockets: bool) -> bytes:
    """The compiled filter. Without `unix_sockets` only pairs of connected sockets can be made.

    Raises:
        IsolationUnavailable: there is no libseccomp here.
    """
    try:
        import pyseccomp
    except (ImportError, OSError, RuntimeError):
        raise IsolationUnavailable("no libseccomp here: install Debian's package libseccomp2") from None
    wanted = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    refuse = pyseccomp.ERRNO(errno.EPERM)
    for name in REFUSED:
        if pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name) >= 0:
            wanted.add_rule(refuse, name)
    if unix_sockets:
        wanted.add_rule(refuse, "socket", pyseccomp.Arg(0, pyseccomp.NE, socket.AF_UNIX))
    else:
        for name in ("socket", "bind", "listen", "connect", "sendmsg", "sendmmsg"):
            wanted.add_rule(refuse, name)
        for kind in set(range(16)) - {socket.SOCK_STREAM, socket.SOCK_SEQPACKET}:  # others can send to anywhere
            wanted.add_rule(refuse, "socketpair", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, 0xF, kind))
    wanted.add_rule(refuse, "mmap", pyseccomp.Arg(3, pyseccomp.MASKED_EQ, SHARED_ANONYMOUS, SHARED_ANONYMOUS))
    wanted.add_rule(refuse, "prctl", pyseccomp.Arg(0, pyseccomp.EQ, PR_SET_DUMPABLE))
    for option in BUFFER_SIZES:
        is_level, is_option = (pyseccomp.Arg(n, pyseccomp.EQ, value) for n, value in ((1, 1), (2, option)))
        wanted.add_rule(refuse, "setsockopt", is_level, is_option)
    for number in NEWER:
        wanted.add_rule(pyseccomp.ERRNO(errno.ENOSYS), number)
    # The C library falls back to clone, whose flags a filter can read; clone3's are behind a pointer.
    wanted.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    for bit in (1 << n for n in range(32) if NAMESPACES >> n & 1):
        wanted.add_rule(refuse, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, bit, bit))
    with tempfile.TemporaryFile() as file:
        wanted.export_bpf(file)
        file.seek(0)
        return file.read()
