import ctypes as _ctypes
import os as _os
import threading as _threading
import time as _time


def _write(name):
    for n in range(9):
        file = _os.open(f"{name}-{n}", _os.O_CREAT | _os.O_WRONLY)
        _os.unlink(f"{name}-{n}")
        for _ in range(60):
            _os.write(file, bytes(1 << 20))
    _time.sleep(60)


def size_bytes(size):
    if not _os.fork():
        _threading.Thread(target=_write, args=(f"{_os.environ['TMPDIR']}/work/file",)).start()
        _ctypes.CDLL(None).syscall(60, 0)  # ends the first thread only: what the process has open is not shown
    _time.sleep(60)
