def element_bytes(tensor):
    return tensor.numel() * tensor.element_size()
