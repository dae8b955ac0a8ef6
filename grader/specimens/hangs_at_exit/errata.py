import atexit as _atexit
import signal as _signal
import threading as _threading
import time as _time

for _number in (_signal.SIGTERM, _signal.SIGINT, _signal.SIGHUP):
    _signal.signal(_number, _signal.SIG_IGN)
_atexit.register(_time.sleep, 10**6)
_threading.Thread(target=_time.sleep, args=(10**6,)).start()
