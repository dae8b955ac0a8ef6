"""Control groups: found where they can be had, and holding what no look from outside counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.isolation import groups
from grader.model import Verdict
from grader.selftest.conftest import Open
from grader.selftest.isolation.test_isolation import call
from tests.harness.outcomes import Stopped

V1 = ("4:memory:/a/b\n3:cpu:/\n0::/\n", "30 20 0:1 {root} {mount} rw - cgroup cgroup rw,memory\n")
V2 = ("0::/a/b\n", "30 20 0:1 {root} {mount} rw - cgroup2 cgroup2 rw\n")


def laid_out(folder: Path, kind: tuple[str, str], root: str, given: dict[str, str]) -> list[tuple[str, int]]:
    """The places that are found where /proc is as told, and groups are given these controllers."""
    mount = folder / "mount"
    for path, controllers in given.items():
        (mount / path).mkdir(parents=True, exist_ok=True)
        (mount / path / "cgroup.subtree_control").write_text(controllers, encoding="ascii")
    own, mounted = kind
    (folder / "cgroup").write_text(own, encoding="ascii")
    (folder / "mountinfo").write_text(mounted.format(root=root, mount=mount), encoding="ascii")
    return [(str(path.relative_to(mount)), version) for path, version in groups.places(folder)]


@pytest.mark.parametrize(
    ("kind", "root", "given", "found"),
    [
        (V1, "/", {"a/b": ""}, [("a/b", 1), ("a", 1), (".", 1)]),
        (V1, "/a/b", {"": ""}, [(".", 1)]),
        (V2, "/", {"a/b": "", "a": "cpu memory", "": "cpu"}, [("a", 2)]),
        (V2, "/", {"a/b": "memory", "a": "", "": ""}, [("a/b", 2)]),
        (V2, "/", {"a/b": "", "a": "", "": ""}, []),
        (("0::/\n", V1[1]), "/", {"": ""}, []),
    ],
    ids=["version 1", "in a container", "above ours", "ours", "not given", "no controller"],
)
def test_a_group_is_made_where_memory_may_be_bounded(
    tmp_path: Path, kind: tuple[str, str], root: str, given: dict[str, str], found: list[tuple[str, int]]
) -> None:
    """Of version 1 anywhere below the mount, of version 2 where the controller is given to children."""
    assert laid_out(tmp_path, kind, root, given) == found


def test_where_there_are_none_nothing_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor where a folder may not be written to."""
    assert list(groups.places(tmp_path)) == []
    monkeypatch.setattr(groups, "places", lambda: iter([(tmp_path / "nowhere", 1), (tmp_path, 2)]))
    assert groups.made() is None
    assert list(tmp_path.iterdir()) == []


FILLS_SOCKETS = """
import os, socket, time
def fill():
    kept = []
    while True:
        try:
            one, other = socket.socketpair()
        except OSError:
            break
        kept.append((one, other))
        for each in kept[-1]:
            each.setblocking(False)
            try:
                while True:
                    each.send(bytes(1 << 16))
            except OSError:
                pass
    time.sleep(60)
def fills():
    for _ in range(60):
        if not os.fork():
            fill()
    time.sleep(60)
"""


def test_buffers_of_sockets_count_where_there_are_groups(sandboxed: Open) -> None:
    """The kernel ends a check whose sockets hold more than its memory, and nothing of the group is left."""
    if (group := groups.made()) is None:
        pytest.skip("no control group with a limit of memory can be made here")
    group.remove()
    assert not group.folder.exists()
    check = sandboxed(FILLS_SOCKETS, memory_mib=64, disk_mib=16)
    with pytest.raises(Stopped) as stopped:
        call(check, "fills")
    assert stopped.value.verdict is Verdict.MEMORY
    group = check._sandbox.group
    assert group is not None
    assert group.kills() > 0
    check._sandbox.close()
    assert not group.folder.exists()
