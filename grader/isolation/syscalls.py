"""The filter of system calls for checks: allowed is what neither reaches out of a sandbox nor outlives a check.

Refused are: sockets to anywhere, other processes' memory and state, namespaces and mounts, objects of the kernel
that stay when their process is gone, what tells of files that others use, ways around such a filter, and memory
that no limit counts. It is compiled here by libseccomp, and loaded by each check's process.

Source: the system calls' manual pages.
"""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import tempfile
from functools import cache
from typing import Any

from grader.errors import IsolationUnavailable
from grader.isolation.inside.confine import PR_SET_DUMPABLE

REFUSED = (
    "ptrace process_vm_readv process_vm_writev kcmp pidfd_open pidfd_getfd "
    "unshare setns mount umount2 pivot_root chroot "
    "open_tree move_mount fsopen fsconfig fsmount fspick mount_setattr "
    "shmget shmat shmctl msgget msgsnd msgrcv msgctl semget semop semtimedop semctl mq_open mq_unlink "
    "keyctl add_key request_key "
    "io_uring_setup io_uring_enter io_uring_register io_setup io_submit bpf userfaultfd perf_event_open "
    "fanotify_init move_pages mbind migrate_pages "
    "memfd_create memfd_secret vmsplice name_to_handle_at open_by_handle_at "
    "init_module finit_module delete_module kexec_load kexec_file_load reboot swapon swapoff acct quotactl syslog "
    "settimeofday clock_settime clock_adjtime adjtimex sethostname setdomainname "
    "iopl ioperm modify_ldt personality "
    "setxattr lsetxattr fsetxattr "
    "inotify_init inotify_init1 inotify_add_watch mincore sysinfo"
).split()
"""They fail with EPERM."""

REFUSED_NUMBERS = (440, 443, 448, 451)
"""Of process_madvise, quotactl_fd, process_mrelease, cachestat: an older libseccomp doesn't know these names."""

TIMES = {"utime": 1, "utimes": 1, "futimesat": 2, "utimensat": 2}
"""Calls that set times of files, and which of their arguments points to the times: nowhere for the present.

Anybody may set those of /dev/null, /tmp and the like, which are the machine's. Setting them to the present fails,
to others does nothing, so that copies that keep times can be made, and `Path.touch` makes files.
"""

DISREGARDED = "fadvise64 readahead sync syncfs".split()
"""They do nothing, and say that they have: advice on the page cache, which all submissions share."""

OF_OTHERS = {
    "prlimit64": (0,),
    "setpriority": (0, 1),
    "getpriority": (0, 1),
    "sched_setaffinity": (0,),
    "sched_setscheduler": (0,),
    "sched_setparam": (0,),
    "sched_setattr": (0,),
    "sched_getscheduler": (0,),
    "sched_getparam": (0,),
    "sched_getattr": (0,),
    "sched_rr_get_interval": (0,),
    "getpgid": (0,),
    "getsid": (0,),
    "ioprio_set": (1,),
    "ioprio_get": (1,),
}
"""Calls that a process may use on itself only, and which of their arguments must be 0 for that."""

IOPRIO_WHO_PROCESS = 1

LOCKS = (5, 6, 7, 36, 37, 38)
"""Commands of fcntl(2) that lock bytes of a file, also of one that others can read, and look for such locks."""

TELLING = (1024, 1025, 1026, *range(1035, 1041))
"""Commands of fcntl(2) for leases, for being told of what is opened, and for hints that stay with a file."""

ADVICE = (12, 20, 21)
"""Advice of madvise(2) that reaches others: pages to share, to find cold, and to take out of memory."""

PR_SET_MEMORY_MERGE, PR_SCHED_CORE = 67, 62

OPENS = {"open": 1, "openat": 2}
"""Calls that open files, and which of their arguments are flags: not around the page cache, which may empty it."""

NAMESPACES = 0x7E020000
"""The bits of clone(2) that make namespaces: user, pid, net, ipc, uts, cgroup and mount."""

SHARED_ANONYMOUS = 0x21
"""Flags of mmap(2) for memory that is shared, but no file's: no limit counts it once it is not mapped in."""

BUFFER_SIZES = (7, 8, 32, 33)
"""Options of a socket (SO_SNDBUF, SO_RCVBUF, and what forces them): what waits in it counts as nobody's memory."""

CLONE_PIDFD = 0x1000
"""Descriptors of processes are numbered, on the whole machine, and tell of others."""

CLOCKS_OF_OTHERS = 0x8000_0000
"""Clocks with negative numbers are those of any process or thread, and of devices."""

SOL_SOCKET, SO_COOKIE = 1, 57
"""A socket's number on the whole machine."""

IOCTLS = {0xFF: "of descriptors of processes", 0x66: "of attributes and keys of files", 0x58: "of file systems"}
"""Types of ioctl(2), which are bits 8 to 15 of its command."""

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
    wanted.add_rule(refuse, "prctl", _is(0, PR_SET_DUMPABLE))
    _keep_to_itself(wanted)
    for option in BUFFER_SIZES:
        is_level, is_option = (_is(n, value) for n, value in ((1, 1), (2, option)))
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


def _keep_to_itself(wanted: Any) -> None:
    """Refuse what changes or reads the state of other processes, and what tells of files that others use."""
    import pyseccomp

    refuse, nothing = pyseccomp.ERRNO(errno.EPERM), pyseccomp.ERRNO(0)
    for name, arguments in OF_OTHERS.items():
        for argument in arguments:
            wanted.add_rule(refuse, name, pyseccomp.Arg(argument, pyseccomp.NE, 0))
    for name in ("ioprio_set", "ioprio_get"):
        wanted.add_rule(refuse, name, pyseccomp.Arg(0, pyseccomp.NE, IOPRIO_WHO_PROCESS))
    for name, times in TIMES.items():
        if pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name) >= 0:
            wanted.add_rule(refuse, name, pyseccomp.Arg(times, pyseccomp.EQ, 0))
            wanted.add_rule(nothing, name, pyseccomp.Arg(times, pyseccomp.NE, 0))
    for number in REFUSED_NUMBERS:
        wanted.add_rule(refuse, number)
    for name in DISREGARDED:
        wanted.add_rule(nothing, name)
    for name in ("preadv2", "pwritev2"):
        wanted.add_rule(refuse, name, pyseccomp.Arg(5, pyseccomp.NE, 0))
    wanted.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "openat2")  # its flags are behind a pointer
    for name, flags in OPENS.items():
        if pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name) >= 0:
            wanted.add_rule(refuse, name, pyseccomp.Arg(flags, pyseccomp.MASKED_EQ, os.O_DIRECT, os.O_DIRECT))
    direct = pyseccomp.Arg(2, pyseccomp.MASKED_EQ, os.O_DIRECT, os.O_DIRECT)
    wanted.add_rule(refuse, "fcntl", _is(1, fcntl.F_SETFL), direct)
    wanted.add_rule(pyseccomp.ERRNO(errno.ENOLCK), "flock")
    for code, commands in ((errno.ENOLCK, LOCKS), (errno.EPERM, TELLING)):
        for command in commands:
            wanted.add_rule(pyseccomp.ERRNO(code), "fcntl", _is(1, command))
    for advice in ADVICE:
        wanted.add_rule(nothing, "madvise", _is(2, advice))
    wanted.add_rule(refuse, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, CLONE_PIDFD, CLONE_PIDFD))
    negative = pyseccomp.Arg(0, pyseccomp.MASKED_EQ, CLOCKS_OF_OTHERS, CLOCKS_OF_OTHERS)
    for name in ("clock_gettime", "clock_getres", "clock_nanosleep", "timer_create"):
        wanted.add_rule(pyseccomp.ERRNO(errno.EINVAL), name, negative)
    wanted.add_rule(refuse, "getsockopt", _is(1, SOL_SOCKET), _is(2, SO_COOKIE))
    for kind in IOCTLS:
        wanted.add_rule(refuse, "ioctl", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, 0xFF00, kind << 8))
    for option in (PR_SET_MEMORY_MERGE, PR_SCHED_CORE):
        wanted.add_rule(refuse, "prctl", _is(0, option))


def _is(argument: int, value: int) -> Any:
    """That an argument of 32 bits has this value, whatever stands in the other half of its register."""
    import pyseccomp

    return pyseccomp.Arg(argument, pyseccomp.MASKED_EQ, 0xFFFFFFFF, value)
