import os as _os
import signal as _signal
import time as _time

if _os.fork() == 0:
    _os.setsid()
    if _os.fork():
        _os._exit(0)
    for _number in range(1, 32):
        try:
            _signal.signal(_number, _signal.SIG_IGN)
        except OSError:
            pass
    _end = _time.monotonic() + 600
    while _time.monotonic() < _end:
        for _name in ("left", "inputs/left", "work/left"):
            try:
                open(_os.path.join(_os.environ["TMPDIR"], _name), "a").close()
            except OSError:
                pass
        _time.sleep(0.001)
    _os._exit(0)
