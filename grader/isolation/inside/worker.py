"""The first process of a sandbox: it starts a fresh process for each check, and ends all of them afterwards.

Theory of operation. It has no expected value, no test and no score, and never imports the submission: it warms
up by importing the allowed packages, and for each check forks a child, which gives up its privileges
(`confine`) and then imports the submission (`child`). The child talks to the grader over a channel of its own
that ends with the check. This process only starts children, reports their death, watches what they write to
disk and, when the check is over, kills every process but itself and empties the writable folders.

Why a child can't harm it. With bubblewrap it is process 1 of its own namespaces: the kernel drops signals to it
from there that it has no handler for, and it is not dumpable. Without, it stays root while its children have
another uid. When the grader goes away, it ends everything and leaves; should it be killed itself, the grader
kills what has that uid.
"""

import contextlib
import gc
import importlib
import json
import os
import resource
import select
import signal
import socket
import sys
import time
import traceback
from typing import Any

import cbor2

from . import scratch
from .child import Child
from .confine import PR_SET_CHILD_SUBREAPER, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS, become, confine, prctl

DISK_EVERY_S = 0.25
READY = b"ready"


def main() -> None:
    config = json.loads(sys.argv[1])
    os.umask(0o022)  # whatever the grader was started with
    deal_with_signals(signal.SIG_IGN)
    sys.path.remove(os.environ.pop("PYTHONPATH").split(os.pathsep)[0])  # where we are from is for nobody else
    sys.modules["__main__"] = type(sys)("__main__")
    control = socket.socket(fileno=config["control"])
    if config["supervisor_uid"]:
        scratch.open_to_all(config)
        become(config["supervisor_uid"])
    processors = count_processors(config["processors"])
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    prctl(PR_SET_DUMPABLE, 0)
    for package in config["warm"]:
        with contextlib.suppress(ImportError):
            importlib.import_module(package)
    if not config["fork_server"]:
        without_a_fork_server()
    gc.collect()
    gc.freeze()
    if not scratch.empty(config):
        sys.exit("the writable folders can't be emptied")
    control.send(cbor2.dumps({"ready": os.getpid()}))
    try:
        supervise(control, config, processors, own_state())
    finally:
        end_all(config)
        scratch.remove(config)


def deal_with_signals(interrupt: Any) -> None:
    """As in a fresh process, whatever the grader was started with, but for the one of an interrupted terminal.

    Process 1 of a namespace gets only those that it has a handler for, and Python has one for that.
    """
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        with contextlib.suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_DFL)
    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # as Python itself does: an error says more
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGINT, interrupt)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


def without_a_fork_server() -> None:
    """Without Unix sockets there is none: what asks for one gets fresh interpreters, and the default is to fork.

    Since Python 3.14 it is the default.
    """
    import multiprocessing.context as contexts

    default: Any = contexts._default_context
    default._default_context = default.get_context("fork")
    contexts.ForkServerContext.Process = contexts.SpawnProcess  # type: ignore[assignment]


def count_processors(most: int) -> list[int]:
    """The processors that this sandbox may use; from now on, Python counts no more than `most` of them.

    What asks the kernel is told the same, since a check may use no others.
    """
    allowed = sorted(os.sched_getaffinity(0))
    os.cpu_count = lambda: min(most, len(allowed))
    return allowed


def some(processors: list[int], most: int) -> list[int]:
    """A few neighbours of them, others for each check, so that sandboxes spread over the machine."""
    first = int.from_bytes(os.urandom(4)) % len(processors)
    return [*processors, *processors][first : first + min(most, len(processors))]


def own_state() -> list[Any]:
    """What a check inherits from this process, and nobody may change from within one."""
    limits = [resource.getrlimit(getattr(resource, n)) for n in sorted(dir(resource)) if n.startswith("RLIMIT_")]
    scheduling = os.sched_getscheduler(0), os.sched_getparam(0).sched_priority, os.getpriority(os.PRIO_PROCESS, 0)
    return [limits, scheduling, os.sched_getaffinity(0)]


def number_anew() -> None:
    """Have processes numbered from anywhere on, where that may be set: how many there were tells something."""
    with contextlib.suppress(OSError, ValueError), open("/proc/sys/kernel/pid_max") as file:
        chosen = 300 + int.from_bytes(os.urandom(4), "big") % max(int(file.read()) - 300, 1)
        with open("/proc/sys/kernel/ns_last_pid", "w") as numbers:
            numbers.write(str(chosen))


def supervise(control: socket.socket, config: dict[str, Any], processors: list[int], state: list[Any]) -> None:
    """Start and end checks as told, until the grader goes away; reap whatever dies.

    Should a check have changed this process's own state after all, it counts as not cleaned, and no other follows.
    """
    child = None
    limits: dict[str, int] = {}
    disk_at = 0.0
    while True:
        readable, _, _ = select.select([control], [], [], 0.02 if child else 0.5)
        dead = reap()
        if child is not None and child in dead:
            control.send(cbor2.dumps({"died": dead[child]}))
            child = None
        if child is not None and time.monotonic() > disk_at:
            disk_at = time.monotonic() + DISK_EVERY_S
            if over := scratch.over(config, limits):
                end_all(config)
                control.send(cbor2.dumps({"died": -signal.SIGKILL, "over": over}))
                child = None
        if not readable:
            continue
        data, fds, _, _ = socket.recv_fds(control, 65536, 4)
        if not data:
            return
        order = cbor2.loads(data)
        if order["op"] == "start":
            limits = order["limits"]
            number_anew()
            own = some(processors, config["processors"])
            child, wrong = start(control, config, order["hard"], own, *fds)
            for fd in fds:
                os.close(fd)
            control.send(cbor2.dumps({"wrong": wrong} if wrong else {"started": child}))
        else:
            end_all(config)
            child = None
            control.send(cbor2.dumps({"ended": scratch.empty(config) and own_state() == state}))


def start(
    control: socket.socket,
    config: dict[str, Any],
    hard: dict[str, int],
    processors: list[int],
    channel: int,
    output: int,
) -> tuple[int | None, str]:
    """Fork a check's process, and wait until it can read the submission: its id, or what went wrong before."""
    ours, told = os.pipe()
    try:
        pid = os.fork()
    except OSError as error:
        os.close(ours)
        os.close(told)
        return None, f"no process could be started: {error}"
    if not pid:
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, processors)
        be_a_check(control, config, hard, channel, output, told)
    os.close(told)
    with open(ours, "rb") as pipe:
        said = pipe.read(4000)
    if said == READY:
        return pid, ""
    return None, said.decode(errors="replace") or "the check's process ended before the submission was read"


def be_a_check(
    control: socket.socket, config: dict[str, Any], hard: dict[str, int], channel: int, output: int, told: int
) -> None:
    """Give up all privileges, tell of it, and be the submission's from then on. Never returns."""
    try:
        control.close()
        os.setsid()
        deal_with_signals(signal.default_int_handler)
        null = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((null, 0), (output, 1), (output, 2)):
            os.dup2(source, target)
        for fd in {*range(3, 256)} - {channel, told}:
            with contextlib.suppress(OSError):
                os.close(fd)
        sys.argv = ["assignment"]
        confine(hard, config["check_uid"], config["landlock"], bytes.fromhex(config["syscalls"]))
        child = Child(channel, config["submission"], *scratch.folders(config))
        child.begin()
    except BaseException as error:
        os.write(told, f"{type(error).__name__}: {error}".encode(errors="replace")[:4000])
        os._exit(70)
    try:
        os.write(told, READY)
        os.close(told)
        child.serve()
    except BaseException:
        traceback.print_exc()
        os._exit(70)
    os._exit(0)


def reap() -> dict[int, int]:
    """Exit statuses of all children that have died, adopted ones too."""
    dead = {}
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                break
            dead[pid] = os.waitstatus_to_exitcode(status)
    return dead


def end_all(config: dict[str, Any]) -> None:
    """Kill every process of the sandbox but this one, until none is left: orphans become children of this one."""
    with contextlib.suppress(ChildProcessError):
        while True:
            kill_others(config["check_uid"], config["spare_uid"])
            pid, _ = os.waitpid(-1, os.WNOHANG)
            if not pid:
                time.sleep(0.001)


def kill_others(uid: int, spare: int) -> None:
    """Kill everything that can be signalled. As root that would be the machine: there a child takes on the uid.

    It does so as its effective one only; its others are of nobody, so that it can't be signalled itself.
    """
    if not uid:
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        return
    killer = os.fork()
    if killer:
        os.waitpid(killer, 0)
        return
    try:
        os.setgroups([])
        os.setresgid(spare, spare, spare)
        os.setresuid(spare, uid, spare)
        if os.getresuid() == (spare, uid, spare) and uid and spare:
            os.kill(-1, signal.SIGKILL)
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
