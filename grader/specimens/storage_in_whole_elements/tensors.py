def held_bytes(tensors):
    parts = [part for tensor in tensors for part in _parts(tensor) if part.device.type != "meta"]
    storages = {part.untyped_storage()._cdata: part for part in parts}
    sizes = ((part.untyped_storage().nbytes(), part.element_size()) for part in storages.values())
    return sum(held // each * each for held, each in sizes)
