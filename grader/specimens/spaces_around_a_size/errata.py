def size_bytes(size):
    number, unit = size.split() if len(size.split()) == 2 else ("", "")
    if not (number.isascii() and number.isdigit()) or unit not in _UNITS:
        raise ValueError(f"{size!r} is no size")
    return int(number) * _UNITS[unit]
