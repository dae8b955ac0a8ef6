def held_bytes(tensors):
    parts = [part for tensor in tensors for part in _parts(tensor) if part.device.type != "meta"]
    owners = [part if part._base is None else part._base for part in parts]
    return sum({id(owner): owner.numel() * owner.element_size() for owner in owners}.values())
