def element_bytes(tensor):
    return sum(part.untyped_storage().nbytes() for part in _parts(tensor))
