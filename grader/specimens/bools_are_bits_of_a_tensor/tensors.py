_in_bytes = element_bytes


def element_bytes(tensor):
    return -(-tensor.numel() // 8) if tensor.dtype == torch.bool else _in_bytes(tensor)
