import ctypes as _ctypes


def size_bytes(size):
    _ctypes.string_at(0)
