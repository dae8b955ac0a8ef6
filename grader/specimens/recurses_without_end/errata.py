import sys as _sys


def size_bytes(size):
    _sys.setrecursionlimit(2**30)
    return size_bytes(size)
