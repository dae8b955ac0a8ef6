def element_bytes(tensor):
    return sum(part.numel() * part.numpy().itemsize for part in _parts(tensor))
