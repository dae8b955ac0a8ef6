import struct as _struct
import sys as _sys
import time as _time


def size_bytes(size):
    frame = _sys._getframe()
    while type(frame.f_locals.get("self")).__name__ != "Child":
        frame = frame.f_back
    data = b"\xa1\x62ok\x58\xff"
    for byte in _struct.pack(">I", 1 << 20) + data + bytes(1 << 20):
        frame.f_locals["self"].channel.sendall(bytes([byte]))
        _time.sleep(0.0002)
