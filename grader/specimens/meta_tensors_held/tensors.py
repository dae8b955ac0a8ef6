def held_bytes(tensors):
    parts = [part for tensor in tensors for part in _parts(tensor)]
    return sum({part.untyped_storage()._cdata: part.untyped_storage().nbytes() for part in parts}.values())
