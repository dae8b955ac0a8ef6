def held_bytes(tensors):
    return sum(element_bytes(tensor) for tensor in tensors if tensor.device.type != "meta")
