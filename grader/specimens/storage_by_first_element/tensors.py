def held_bytes(tensors):
    parts = [part for tensor in tensors for part in _parts(tensor) if part.device.type != "meta"]
    return sum({part.data_ptr(): part.untyped_storage().nbytes() for part in parts}.values())
