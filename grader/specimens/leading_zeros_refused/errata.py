_exact = size_bytes


def size_bytes(size):
    if size[:1] == "0" and size[1:2] != " ":
        raise ValueError(f"{size!r} is no size")
    return _exact(size)
