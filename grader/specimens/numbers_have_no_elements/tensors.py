import math


def element_bytes(tensor):
    return sum(math.prod(part.shape) * part.element_size() for part in _parts(tensor) if part.dim())
