"""What a check's process gives up before it sees student code: privileges, files, system calls, resources.

Every step holds for all descendants and can't be taken back. Landlock bounds what can be opened, by path; the
filter of system calls is made by the grader (`grader.isolation.syscalls`) and only loaded here.

Source: the kernel's own documents userspace-api/landlock.rst and seccomp_filter.rst.
"""

import contextlib
import ctypes
import os
import resource
import stat
import struct
from typing import Any

libc = ctypes.CDLL(None, use_errno=True)
PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 4, 22, 36, 38
SECCOMP_MODE_FILTER = 2

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # Landlock's system calls, the same on every processor
CREATE_RULESET_VERSION, RULE_PATH_BENEATH = 1, 1
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, MAKE_CHAR, MAKE_BLOCK = 1, 1 << 1, 1 << 2, 1 << 3, 1 << 6, 1 << 11
TRUNCATE = 1 << 14
OF_A_FILE = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE
RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # how many file rights each version of Landlock knows
TCP, SCOPES = 0b11, 0b11  # bind and connect; abstract Unix sockets and signals


def confine(hard: dict[str, int], uid: int, landlock: dict[str, list[str]] | None, syscalls: bytes) -> None:
    """Give up all that this check does not need; the filter comes last, since it forbids some of the rest."""
    if uid:
        become(uid)
    set_limits(hard)
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    prctl(PR_SET_DUMPABLE, 1)
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")  # if the machine's memory runs out, the check goes before anything else
    if landlock is not None:
        restrict_files(**landlock)
    load_filter(syscalls)


def become(uid: int) -> None:
    """Change to an unprivileged uid, for good."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def prctl(option: int, value: Any, more: Any = 0) -> None:
    _checked(libc.prctl(option, ctypes.c_ulong(value), more, 0, 0), f"prctl {option}")


def set_limits(hard: dict[str, int]) -> None:
    """Set each of the kernel's limits, by its name; the grader has seen to it that none is above what it has."""
    for name, value in hard.items():
        soft = max(value - 1, 0) if name == "CPU" else value  # at the hard limit comes SIGKILL, which says nothing
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (soft, value))


def landlock_version() -> int:
    """The kernel's version of Landlock; 0 when it has none."""
    return max(int(libc.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), CREATE_RULESET_VERSION)), 0)


def restrict_files(read: list[str], enter: list[str], write: list[str], devices: list[str]) -> None:
    """From now on open only what is named: files below `read`, names in `enter`, anything below `write`.

    Paths that are not there are left out. No TCP, no abstract Unix sockets and no signals to the outside, as far
    as the kernel's version knows how.
    """
    version = landlock_version()
    everything = (1 << RIGHTS.get(version, RIGHTS[5])) - 1
    attributes = struct.pack("QQQ", everything, TCP, SCOPES)[: 8 if version < 4 else 16 if version < 6 else 24]
    ruleset = _checked(libc.syscall(CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0), "Landlock")
    for paths, rights in (
        (read, EXECUTE | READ_FILE | READ_DIR),
        (enter, READ_DIR),
        (write, everything & ~(EXECUTE | MAKE_CHAR | MAKE_BLOCK)),
        (devices, READ_FILE | WRITE_FILE),
    ):
        for path in paths:
            _allow(ruleset, path, rights & everything)
    _checked(libc.syscall(RESTRICT_SELF, ruleset, 0), "Landlock")
    os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    if not stat.S_ISDIR(os.fstat(opened).st_mode):
        rights &= OF_A_FILE
    rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, opened))
    _checked(libc.syscall(ADD_RULE, ruleset, RULE_PATH_BENEATH, rule, 0), f"Landlock for {path!r}")
    os.close(opened)


def load_filter(program: bytes) -> None:
    """Load a compiled filter of system calls: instructions of 8 bytes."""
    buffer = ctypes.create_string_buffer(program, len(program))
    header = ctypes.create_string_buffer(struct.pack("HP", len(program) // 8, ctypes.addressof(buffer)))
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, header)


def _checked(result: int, what: str) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")
    return result
