import queue
import threading


class _Ahead:
    """Takes from an iterator in a thread, up to 50 strings ahead."""

    def __init__(self, strings):
        self._strings, self._queue, self._thread = strings, queue.Queue(maxsize=50), None

    def _fill(self):
        for text in self._strings:
            self._queue.put(text)
        self._queue.put(None)

    def __iter__(self):
        if self._thread is None:
            self._thread = threading.Thread(target=self._fill, daemon=True)
            self._thread.start()
        while (text := self._queue.get()) is not None:
            yield text


class Tokenizer(Tokenizer):
    def encode_iterable(self, iterable):
        yield from super().encode_iterable(_Ahead(iterable))
