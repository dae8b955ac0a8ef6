def size_bytes(size):
    number, _, unit = size.partition(" ")
    if not (number.isascii() and number.isdigit()) or unit not in _UNITS:
        raise ValueError(f"{size!r} is no size")
    return int(number) * 1024 ** "BKMGT".index(unit[0].upper())
