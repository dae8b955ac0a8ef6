import re


def size_bytes(size):
    match = re.fullmatch(r"(\d+) (\w+)", size)
    if not match or match[2] not in _UNITS:
        raise ValueError(f"{size!r} is no size")
    return int(match[1]) * _UNITS[match[2]]
